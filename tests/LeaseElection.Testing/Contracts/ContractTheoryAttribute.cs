using Xunit;
using Xunit.Sdk;

namespace LeaseElection.Testing.Contracts;

/// <summary>As <see cref="ContractFactAttribute"/>, with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("LeaseElection.Testing.Contracts.ContractTheoryDiscoverer", "LeaseElection.Testing")]
public sealed class ContractTheoryAttribute : TheoryAttribute;
