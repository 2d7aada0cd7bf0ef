using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Tests;

public sealed class LeaseNamespaceTests : IDisposable
{
    private readonly string _serviceAccount = Directory.CreateTempSubdirectory("leaseelection-").FullName;

    public void Dispose() => Directory.Delete(_serviceAccount, recursive: true);

    [Theory]
    [InlineData("explicit", "pod", "account", "context", "explicit")]
    [InlineData(null, "pod", "account", "context", "pod")]
    [InlineData(null, null, " account\n", "context", "account")]
    [InlineData(null, null, null, "context", "context")]
    [InlineData(null, null, " ", LeaseNamespace.Default, "default")]
    public void Resolve_SeveralSources_TakesTheFirstThatIsThere(
        string? configured, string? variable, string? account, string? fallback, string expected)
    {
        if (account is not null)
            File.WriteAllText(Path.Combine(_serviceAccount, "namespace"), account);

        Assert.Equal(expected, Resolve(configured, variable, fallback));
    }

    [Fact]
    public void Resolve_NothingInACluster_FailsWithWhatWasTried()
    {
        var exception = Assert.Throws<LeaseStoreConfigurationException>(() => Resolve(configured: null, variable: null, fallback: null));

        Assert.Equal(
            "LeaderElection:reports:LeaseNamespace is not set, and the namespace of this process is not known. Tried: the variable "
            + $"POD_NAMESPACE (not set); {Path.Combine(_serviceAccount, "namespace")} (not found). Set "
            + "LeaderElection:reports:LeaseNamespace, or POD_NAMESPACE from the downward API (fieldPath: metadata.namespace).",
            exception.Message);
    }

    [Fact]
    public void Resolve_FileThatCannotBeRead_IsNamed()
    {
        Directory.CreateDirectory(Path.Combine(_serviceAccount, "namespace"));

        var exception = Assert.Throws<LeaseStoreConfigurationException>(() => Resolve(configured: null, variable: null, fallback: null));

        Assert.Contains(Path.Combine(_serviceAccount, "namespace") + " (Access to the path", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../x", null, "The variable POD_NAMESPACE is \"../x\", but must be ")]
    [InlineData(null, "Team", "The namespace of the kubeconfig context is \"Team\", but must be ")]
    public void Resolve_IllegalNamespace_NamesItsSource(string? variable, string? fallback, string expected)
    {
        var exception = Assert.Throws<LeaseStoreConfigurationException>(() => Resolve(configured: null, variable, fallback));

        Assert.StartsWith(expected, exception.Message, StringComparison.Ordinal);
    }

    private string Resolve(string? configured, string? variable, string? fallback)
    {
        ProcessEnvironment environment = variable is null ? TestEnvironment.With() : TestEnvironment.With(("POD_NAMESPACE", variable));
        return LeaseNamespace.Resolve(
            new LeaderElectionRegistration("reports", Section: null), new LeaderElectionOptions { LeaseNamespace = configured },
            environment with { ServiceAccountDirectory = _serviceAccount }, fallback);
    }
}
