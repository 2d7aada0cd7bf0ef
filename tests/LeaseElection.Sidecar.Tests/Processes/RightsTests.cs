using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Sidecar.Tests.Processes;

/// <summary>What a user sees whose Role is missing: it keeps trying, and one line names the right.</summary>
[Collection(ApiServerFixture.Collection)]
public sealed class RightsTests(ApiServerFixture fixture) : SidecarTest
{
    [ApiServerFact]
    public async Task WithoutRights_OneWarningNamesThemAndTheSidecarGoesOn()
    {
        string leaseNamespace = await fixture.Server.CreateNamespaceAsync();
        ApiServerUser user = await fixture.Server.CreateUserAsync(leaseNamespace);
        SidecarProcess sidecar = await StartAsync(
            "--election=settlement", $"--election-namespace={leaseNamespace}", "--ttl=6s", "--http=127.0.0.1:0",
            $"--kubeconfig={KubeConfigOf(fixture.Server, user.TokenFile)}");
        await sidecar.SaysAsync("(403)");

        // Degraded is no reason to restart a container, so the status stays 200 and the text tells.
        await sidecar.UntilAsync(
            async () => (await sidecar.GetAsync("/readyz")).StartsWith("Degraded: ", StringComparison.Ordinal), "it to be degraded");
        using (HttpResponseMessage answer = await sidecar.SendAsync(HttpMethod.Get, "/readyz"))
            Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal("""{"name":""}""", await sidecar.GetAsync("/"));

        // It has asked again and again, and said nothing more.
        await sidecar.UntilAsync(async () => Refusals(await sidecar.GetAsync("/metrics")) >= 4, "it to go on trying");
        string warning = Assert.Single(sidecar.Output.Split('\n'), line => line.Contains("(403)", StringComparison.Ordinal));
        Assert.Contains(" WARN ", warning, StringComparison.Ordinal);
        Assert.All(
            (string[])["get", "leases", "coordination.k8s.io", leaseNamespace, "settlement"],
            part => Assert.Contains(part, warning, StringComparison.Ordinal));

        await fixture.Server.GrantAsync(user, leaseNamespace, PolicyRule.Leases("get", "create", "update", "watch"));
        await sidecar.SaysAsync("is the leader");
    }

    private static int Refusals(string metrics) => metrics.Split('\n')
        .Where(line => line.StartsWith("leader_election_lease_request_duration_seconds_count", StringComparison.Ordinal)
            && line.Contains("error_type=\"forbidden\"", StringComparison.Ordinal))
        .Select(line => int.Parse(line.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture)).SingleOrDefault();
}
