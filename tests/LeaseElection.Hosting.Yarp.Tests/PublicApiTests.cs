using System.Reflection;
using LeaseElection.Testing.PublicApi;

namespace LeaseElection.Hosting.Yarp.Tests;

/// <summary>What users can see follows conventions, and no library code returns to the context of its caller.</summary>
public sealed class PublicApiTests
{
    private static readonly Assembly Library = typeof(LeaderForwardingOptions).Assembly;

    [Fact]
    public void PublicTypes_LiveInOneNamespaceOrThatOfMapping() =>
        PublicApiRules.AssertNamespaces(Library, "LeaseElection.Hosting.Yarp", "Microsoft.AspNetCore.Builder");

    [Fact]
    public void PublicClasses_AreSealed() => PublicApiRules.AssertClassesAreSealed(Library);

    [Fact]
    public void Awaits_NoneCapturesAContext() => PublicApiRules.AssertNoAwaitCapturesAContext(Library);
}
