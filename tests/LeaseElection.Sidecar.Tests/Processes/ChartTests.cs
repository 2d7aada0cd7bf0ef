using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Chart;

namespace LeaseElection.Sidecar.Tests.Processes;

/// <summary>The sidecar as the chart starts it: with the arguments, the environment and the rights of its container.</summary>
[Collection(ApiServerFixture.Collection)]
public sealed class ChartTests(ApiServerFixture fixture) : SidecarTest
{
    [InstalledFact]
    public async Task TwoPodsOfTheChart_OneLeadsIsLabelledAndHandsOver()
    {
        using InstalledChart chart = await InstalledChart.InstallAsync(fixture.Server, new HelmChart { Combination = "sidecar" });
        await using SidecarProcess first = await StartPodAsync(chart, "pod-1");
        await first.UntilAsync(async () => await IsLeaderAsync(first), "it to lead");
        await using SidecarProcess second = await StartPodAsync(chart, "pod-2");
        await LabelledAsync(chart, "pod/pod-1\n");

        using (HttpResponseMessage answer = await first.SendAsync(HttpMethod.Post, "/step-down"))
            Assert.Equal(200, (int)answer.StatusCode);

        await second.UntilAsync(async () => await IsLeaderAsync(second), "it to take over");
        await LabelledAsync(chart, "pod/pod-2\n");

        // Such as that of a missing right.
        Assert.DoesNotContain(
            (first.Output + second.Output).Split('\n'),
            line => line.Contains(" WARN ", StringComparison.Ordinal) && !SlowAnswer.IsTold(line));
    }

    /// <summary>A Pod of an IPv6-only cluster has one address, which the kubelet probes; of others, one of either kind.</summary>
    [InstalledFact]
    public async Task PodOfTheChart_AnswersAtAddressesOfEitherKind()
    {
        int port = UnusedPorts.Take(1)[0];
        RenderedChart chart = await new HelmChart { Combination = "sidecar", Set = [$"sidecar.port={port}"] }.RenderAsync();
        string http = chart.Sidecar!["args"]!.AsArray().Select(argument => (string)argument!)
            .Single(argument => argument.StartsWith("--http=", StringComparison.Ordinal));

        SidecarProcess sidecar = await StartOverFilesAsync(http);
        await sidecar.SaysAsync("Serving HTTP on http://");

        using var client = new HttpClient();
        foreach (string address in new[] { "127.0.0.1", "[::1]" })
            Assert.NotEmpty(await client.GetStringAsync(new Uri($"http://{address}:{port}/healthz")));
    }

    private static async Task<bool> IsLeaderAsync(SidecarProcess sidecar)
    {
        using HttpResponseMessage answer = await sidecar.SendAsync(HttpMethod.Get, "/leader");
        return answer.IsSuccessStatusCode;
    }

    private async Task<SidecarProcess> StartPodAsync(InstalledChart chart, string pod)
    {
        await fixture.Server.KubectlAsync(null, "run", pod, "-n", chart.Namespace, "--image=none", "--restart=Never");
        IReadOnlyDictionary<string, string> variables = chart.EnvironmentOf(pod);
        IEnumerable<string> arguments = chart.Chart.Sidecar!["args"]!.AsArray().Select(argument => variables.Aggregate(
            (string)argument!, (text, variable) => text.Replace($"$({variable.Key})", variable.Value, StringComparison.Ordinal)));

        // What a Pod has of its own and processes share: an address, and the place that the service account is mounted at.
        string token = Path.Combine(chart.ServiceAccountFolder, "token");
        return await SidecarProcess.StartWithAsync(
            [$"POD_NAME={pod}", $"POD_NAMESPACE={chart.Namespace}"], Folder,
            [.. arguments, "--http=127.0.0.1:0", $"--kubeconfig={KubeConfigOf(fixture.Server, token)}"]);
    }

    private Task LabelledAsync(InstalledChart chart, string pods) => Polling.UntilAsync(
        async () => await fixture.Server.KubectlAsync(
            null, "get", "pods", "-n", chart.Namespace, "-l", "leaseelection.dev/role=leader", "-o", "name") == pods,
        SidecarProcess.Patience, what: $"{pods} to bear the label");
}
