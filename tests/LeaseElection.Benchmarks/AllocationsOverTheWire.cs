using System.Globalization;
using k8s;
using k8s.Models;
using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Kubernetes.Connecting;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Time;
using LeaseElection.Testing.ApiServer;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeaseElection.Benchmarks;

/// <summary>What a renewal allocates where it is sent and waited for, with sockets and TLS.</summary>
internal static class AllocationsOverTheWire
{
    private const int Warming = 200;
    private const int Renewals = 2000;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    public static async Task RunAsync(LeaseRecord record)
    {
        await using RealApiServer server = await RealApiServer.StartAsync(CancellationToken.None);
        double here = await HereAsync(server, record);
        double theirs = await TheirsAsync(server);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"A renewal over a real API server, mean of {Renewals}: "
            + $"here {here:0} B, KubernetesClient {theirs:0} B, ratio {here / theirs:0.000}"));
    }

    private static async Task<double> HereAsync(RealApiServer server, LeaseRecord record)
    {
        KubernetesConnection connection = KubernetesConnectionResolver.TryResolve(
            new() { KubeConfig = server.AdminKubeConfigFile }, ProcessEnvironment.Current, false, [])!;
        await using var store = new KubernetesLeaseStore(
            connection, "default", "here", SuspendAwareTimeProvider.Instance, NullLogger.Instance);
        Lease lease = ((LeaseReply.Found)await store.CreateAsync(record, Timeout, CancellationToken.None)).Lease;
        return await MeasureAsync(async () =>
            lease = ((LeaseReply.Found)await store.ReplaceAsync(lease, record, Timeout, CancellationToken.None)).Lease);
    }

    private static async Task<double> TheirsAsync(RealApiServer server)
    {
        using var client = new k8s.Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(server.AdminKubeConfigFile));
        V1Lease lease = await client.CoordinationV1.ReadNamespacedLeaseAsync("here", "default");
        // It writes a time on a whole second without its fraction, which the API server refuses.
        lease.Spec.AcquireTime = lease.Spec.RenewTime = lease.Spec.RenewTime!.Value.AddMicroseconds(123456);
        return await MeasureAsync(async () => lease = await client.CoordinationV1.ReplaceNamespacedLeaseAsync(lease, "here", "default"));
    }

    private static async Task<double> MeasureAsync(Func<Task> renewAsync)
    {
        for (int i = 0; i < Warming; i++)
            await renewAsync();
        long before = GC.GetTotalAllocatedBytes(precise: true);
        for (int i = 0; i < Renewals; i++)
            await renewAsync();
        return (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)Renewals;
    }
}
