using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Postgres;
using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace LeaseElection.Testing.Contracts;

/// <summary>A fact of a contract, as one class keeps it.</summary>
public sealed class ContractTestCase : XunitTestCase
{
    /// <summary>For xunit, which carries cases between processes.</summary>
    [Obsolete("Called by the de-serializer; should only be called by deriving classes for de-serialization purposes")]
    public ContractTestCase()
    {
    }

    public ContractTestCase(IMessageSink diagnostics, ITestFrameworkDiscoveryOptions options, ITestMethod testMethod)
        : base(diagnostics, options.MethodDisplayOrDefault(), options.MethodDisplayOptionsOrDefault(), testMethod)
    {
    }

    /// <summary>Why a class does not keep its contract here; null when it does.</summary>
    internal static string? SkipReasonOf(ITestMethod testMethod)
    {
        object?[] collections =
        [
            .. testMethod.TestClass.Class.GetCustomAttributes(typeof(CollectionAttribute))
                .SelectMany(collection => collection.GetConstructorArguments()),
        ];
        return collections.Contains(ApiServerFixture.Collection) ? ApiServerAssets.SkipReason
            : collections.Contains(PostgresFixture.Collection) ? PostgresFixture.SkipReason
            : null;
    }

    protected override string? GetSkipReason(IAttributeInfo factAttribute) => SkipReasonOf(TestMethod) ?? base.GetSkipReason(factAttribute);
}
