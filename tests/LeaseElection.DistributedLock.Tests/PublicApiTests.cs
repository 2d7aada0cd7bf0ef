using System.Reflection;
using LeaseElection.Testing.PublicApi;

namespace LeaseElection.DistributedLock.Tests;

/// <summary>What users can see follows conventions, and no library code returns to the context of its caller.</summary>
public sealed class PublicApiTests
{
    private static readonly Assembly Library = typeof(LeaseLock).Assembly;

    [Fact]
    public void PublicTypes_LiveInOneNamespaceOrThatOfServices() =>
        PublicApiRules.AssertNamespaces(Library, "LeaseElection.DistributedLock", "Microsoft.Extensions.DependencyInjection");

    [Fact]
    public void PublicClasses_AreSealed() => PublicApiRules.AssertClassesAreSealed(Library);

    [Fact]
    public void Awaits_NoneCapturesAContext() => PublicApiRules.AssertNoAwaitCapturesAContext(Library);
}
