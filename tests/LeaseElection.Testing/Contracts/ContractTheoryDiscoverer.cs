using Xunit.Abstractions;
using Xunit.Sdk;

namespace LeaseElection.Testing.Contracts;

/// <summary>Finds the cases of <see cref="ContractTheoryAttribute"/>.</summary>
public sealed class ContractTheoryDiscoverer(IMessageSink diagnostics) : TheoryDiscoverer(diagnostics)
{
    public override IEnumerable<IXunitTestCase> Discover(
        ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo theoryAttribute) =>
        ContractTestCase.SkipReasonOf(testMethod) is not null
            ? [new ContractTestCase(DiagnosticMessageSink, discoveryOptions, testMethod)]
            : base.Discover(discoveryOptions, testMethod, theoryAttribute);
}
