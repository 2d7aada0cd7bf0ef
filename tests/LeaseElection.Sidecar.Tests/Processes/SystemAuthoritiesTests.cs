using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Sidecar.Tests.Processes;

/// <summary>Where the cluster's authority is named, those of the machine are not read: that costs a take-over, and memory.</summary>
[Collection(ApiServerFixture.Collection)]
public sealed class SystemAuthoritiesTests(ApiServerFixture fixture) : SidecarTest
{
    [ApiServerFact]
    public async Task Command_ClusterNamesItsAuthority_ThoseOfTheMachineAreNotReadAndTheCommandFindsItsVariables()
    {
        string authorities = Path.Combine(Folder, "authorities.pem");
        await File.WriteAllTextAsync(authorities, fixture.Server.CertificateAuthorityPem);
        DateTime longAgo = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastAccessTimeUtc(authorities, longAgo);
        await using SidecarProcess sidecar = await SidecarProcess.StartWithAsync(
            [$"SSL_CERT_FILE={authorities}"], Folder,
            "--election=settlement", $"--election-namespace={await fixture.Server.CreateNamespaceAsync()}",
            $"--kubeconfig={fixture.Server.AdminKubeConfigFile}", "--", "sh", "-c", "echo \"it has $SSL_CERT_FILE\"");
        Assert.Equal(0, await sidecar.Exited);
        Assert.Contains($"it has {authorities}\n", sidecar.Output, StringComparison.Ordinal);
        Assert.Equal(longAgo, File.GetLastAccessTimeUtc(authorities));
    }
}
