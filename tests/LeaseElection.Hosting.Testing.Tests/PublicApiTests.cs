using System.Reflection;
using LeaseElection.Testing.PublicApi;

namespace LeaseElection.Hosting.Testing.Tests;

/// <summary>What users can see follows conventions, and the kit is a user of the core as any other.</summary>
public sealed class PublicApiTests
{
    private static readonly Assembly Kit = typeof(FakeLeaderElection).Assembly;

    [Fact]
    public void PublicTypes_LiveInOneNamespaceOrThatOfRegistration() =>
        PublicApiRules.AssertNamespaces(Kit, "LeaseElection.Hosting.Testing", "Microsoft.Extensions.DependencyInjection");

    [Fact]
    public void PublicClasses_AreSealed() =>
        Assert.All(Kit.GetExportedTypes().Where(type => type.IsClass), type => Assert.True(type.IsSealed, $"{type} can be derived from."));

    [Fact]
    public void Awaits_NoneCapturesAContext() => PublicApiRules.AssertNoAwaitCapturesAContext(Kit);

    [Fact]
    public void Core_LetsTheKitSeeNothingInternal() => Assert.DoesNotContain(
        typeof(LeaderElectionBuilder).Assembly.GetCustomAttributes<System.Runtime.CompilerServices.InternalsVisibleToAttribute>(),
        friend => friend.AssemblyName == Kit.GetName().Name);

    [Fact]
    public void Kit_NamesNoTestFramework() => Assert.DoesNotContain(
        Kit.GetReferencedAssemblies(), assembly => assembly.Name!.StartsWith("xunit", StringComparison.OrdinalIgnoreCase));
}
