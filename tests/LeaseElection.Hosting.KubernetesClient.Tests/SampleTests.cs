using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using LeaseElection.Samples.Tests;
using LeaseElection.Testing;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Hosting.KubernetesClient.Tests;

/// <summary>
/// <c>samples/WebApi</c> in Pods: processes whose service account is mounted where the kubelet mounts it, each in a mount namespace of
/// its own. That takes root, as in a container of CI.
/// </summary>
[Collection(ApiServerFixture.Collection)]
public sealed class SampleTests(ApiServerFixture fixture, ITestOutputHelper output)
{
    private const string Mount = """
        mount -t tmpfs tmpfs /run && mkdir -p /run/secrets/kubernetes.io/serviceaccount &&
        mount --bind "$1" /run/secrets/kubernetes.io/serviceaccount && exec dotnet "$2" --urls http://127.0.0.1:0
        """;

    private static readonly string Sample =
        typeof(SampleTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "Sample").Value!;

    /// <summary>Far below the lease of 15 s; what it takes on a quiet machine is printed, and made a figure by SAMPLES_TRIALS=20.</summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(3);

    private static int Trials { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("SAMPLES_TRIALS"), CultureInfo.InvariantCulture, out int trials) ? trials : 3;

    [ApiServerFact]
    public async Task WebApi_InPods_HandsOverBySigterm()
    {
        await using Surroundings around = await Surroundings.OpenAsync(fixture.Server);
        List<Replica> replicas = [];
        try
        {
            Replica leader = await StartAsync(around, replicas);
            await leader.WaitForAsync($"became leader of lease {around.Namespace}/web-api", Signal.Patience);
            await leader.WaitForAsync("Swept", Signal.Patience);
            var times = new List<double>();
            for (int trial = 0; trial < Trials; trial++)
            {
                Replica standby = await StartAsync(around, replicas);
                await standby.WaitForAsync("standing by", Signal.Patience);
                string renewed = await LeaseAsync(around, "renewTime");
                // It watches by then.
                await Polling.UntilAsync(async () => await LeaseAsync(around, "renewTime") != renewed, Signal.Patience);

                long asked = await leader.SignalAsync("TERM");
                Line works = await standby.WaitForAsync("Swept", Signal.Patience);
                times.Add(TimeProvider.System.GetElapsedTime(asked, works.At).TotalMilliseconds);
                Assert.Equal(0, await leader.WaitForExitAsync(Signal.Patience));
                leader = standby;
            }

            times.Sort();
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"SIGTERM to the next sweep: median {times[times.Count / 2]:0} ms, max {times[^1]:0} ms, {times.Count} trials"));
            Assert.InRange(times[times.Count / 2], 0, AtOnce.TotalMilliseconds);
            Assert.Equal(Trials.ToString(CultureInfo.InvariantCulture), await LeaseAsync(around, "leaseTransitions"));
        }
        finally
        {
            foreach (Replica replica in replicas)
            {
                await replica.DisposeAsync();
                output.WriteLine($"{replica}");
            }
        }
    }

    private async Task<string> LeaseAsync(Surroundings around, string field)
    {
        string path = $"/apis/coordination.k8s.io/v1/namespaces/{around.Namespace}/leases/web-api";
        return (await fixture.Server.Admin.SendAsync(HttpMethod.Get, path))["spec"]![field]!.ToString();
    }

    private async Task<Replica> StartAsync(Surroundings around, List<Replica> replicas)
    {
        var start = new ProcessStartInfo("unshare", ["--mount", "sh", "-c", Mount, "pod", around.Folder, Sample])
        {
            WorkingDirectory = Path.GetDirectoryName(Sample),
        };
        start.Environment.Remove("KUBECONFIG");
        start.Environment["KUBERNETES_SERVICE_HOST"] = fixture.Server.Url.Host;
        start.Environment["KUBERNETES_SERVICE_PORT"] = fixture.Server.Url.Port.ToString(CultureInfo.InvariantCulture);
        var replica = new Replica(start);
        replicas.Add(replica);
        await replica.WaitForAsync("Now listening on", Signal.Patience);
        return replica;
    }
}
