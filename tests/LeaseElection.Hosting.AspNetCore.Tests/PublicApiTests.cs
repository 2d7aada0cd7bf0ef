using System.Reflection;
using LeaseElection.Testing.PublicApi;

namespace LeaseElection.Hosting.AspNetCore.Tests;

/// <summary>What users can see follows conventions, and no library code returns to the context of its caller.</summary>
public sealed class PublicApiTests
{
    private static readonly Assembly Library = typeof(LeaderElectionEndpointOptions).Assembly;

    [Fact]
    public void PublicTypes_LiveInOneNamespaceOrThoseOfAddingAndMapping() => PublicApiRules.AssertNamespaces(
        Library, "LeaseElection.Hosting.AspNetCore", "Microsoft.AspNetCore.Builder", "Microsoft.Extensions.DependencyInjection");

    [Fact]
    public void PublicClasses_AreSealed() => PublicApiRules.AssertClassesAreSealed(Library);

    [Fact]
    public void Awaits_NoneCapturesAContext() => PublicApiRules.AssertNoAwaitCapturesAContext(Library);
}
