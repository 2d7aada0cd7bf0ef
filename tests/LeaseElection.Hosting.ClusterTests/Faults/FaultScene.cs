using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using LeaseElection.Testing;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Journal;
using Xunit.Abstractions;

namespace LeaseElection.Hosting.ClusterTests.Faults;

/// <summary>
/// One lease of a real API server, and replicas that stand for it, each through a fault proxy of its own. What all of them do is written
/// into one journal, which must be sound in the end whatever the test did to them.
/// </summary>
internal sealed class FaultScene : IAsyncDisposable
{
    public static readonly PolicyRule[] Rights = [PolicyRule.Leases("get", "create", "update", "watch")];

    /// <summary>L: short, so that waiting for it does not make the suite slow.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(4);

    /// <summary>D.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    /// <summary>R'.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.5);

    /// <summary>For failure only.</summary>
    public static readonly TimeSpan Patience = Signal.Patience;

    /// <summary>How long one request may take.</summary>
    public static readonly TimeSpan RequestTimeout = Deadline / 3;

    /// <summary>What a busy machine may add to any time: what is left for work to stop in, less a margin.</summary>
    public static readonly TimeSpan Slack = (Lease - Deadline) * 0.8;

    private readonly ITestOutputHelper _output;
    private readonly List<FaultReplica> _replicas = [];

    private FaultScene(RealApiServer server, string leaseNamespace, ITestOutputHelper output)
    {
        Server = server;
        Namespace = leaseNamespace;
        _output = output;
    }

    public RealApiServer Server { get; }

    public string Namespace { get; }

    public WorkJournal Journal { get; } = new();

    public static async Task<FaultScene> OpenAsync(RealApiServer server, ITestOutputHelper output) =>
        new(server, await server.CreateNamespaceAsync(), output);

    /// <summary>Starts a replica; it need not lead.</summary>
    public async Task<FaultReplica> StartAsync(string identity, FaultReplicaSetup? setup = null)
    {
        FaultReplica replica = await FaultReplica.StartAsync(this, identity, setup ?? new FaultReplicaSetup());
        _replicas.Add(replica);
        return replica;
    }

    /// <summary>Starts a replica, <c>a</c>, that works as leader.</summary>
    public async Task<FaultReplica> LeaderAsync(FaultReplicaSetup? setup = null)
    {
        FaultReplica leader = await StartAsync("a", setup);
        await leader.WorksAsync();
        return leader;
    }

    /// <summary>Starts a replica, <c>b</c>, beside a leader.</summary>
    public async Task<FaultReplica> StandbyAsync(FaultReplica leader, FaultReplicaSetup? setup = null)
    {
        FaultReplica standby = await StartAsync("b", setup);
        await standby.Host.UntilAsync(status => status.HolderIdentity == leader.Identity);
        await Polling.UntilAsync(() => Task.FromResult(standby.Proxy.Requests.WatchesOpen == 1), Patience);

        // It counts from when it has seen a renewal: from now on that is when there was one, not when it came here.
        await leader.RenewsAsync(after: leader.LastRenewal);
        return standby;
    }

    public async Task<(FaultReplica Leader, FaultReplica Standby)> LeaderAndStandbyAsync(FaultReplicaSetup? setup = null)
    {
        FaultReplica leader = await LeaderAsync(setup);
        return (leader, await StandbyAsync(leader, setup));
    }

    /// <summary>Waits until so much time has passed, in which nothing is to happen.</summary>
    public static Task PassAsync(TimeSpan time) => Task.Delay(time, TimeProvider.System, CancellationToken.None);

    public static TimeSpan Between(long from, long to) => TimeProvider.System.GetElapsedTime(from, to);

    public static string Ms(TimeSpan time) => $"{time.TotalMilliseconds:0} ms";

    /// <summary>Somebody else's edit: reads the lease, and writes what <paramref name="edit"/> makes of it.</summary>
    public async Task EditAsync(Action<JsonObject> edit)
    {
        await Polling.UntilAsync(TryAsync, Patience);

        async Task<bool> TryAsync()
        {
            JsonObject lease = await ReadAsync();
            edit(lease);
            try
            {
                await Server.Admin.SendAsync(HttpMethod.Put, Path, lease);
                return true;
            }
            catch (HttpRequestException exception) when (exception.StatusCode == HttpStatusCode.Conflict)
            {
                return false; // The leader renewed in between.
            }
        }
    }

    public async Task<bool> ExistsAsync()
    {
        try
        {
            await ReadAsync();
            return true;
        }
        catch (HttpRequestException exception) when (exception.StatusCode == HttpStatusCode.NotFound)
        {
            return false;
        }
    }

    public Task<JsonObject> ReadAsync() => Server.Admin.SendAsync(HttpMethod.Get, Path);

    public Task DeleteAsync() => Server.Admin.SendAsync(HttpMethod.Delete, Path);

    /// <summary>Checks what must always hold, and writes down what was measured.</summary>
    /// <param name="fault">The number of the fault in the table.</param>
    /// <param name="bound">What was to be shown.</param>
    /// <param name="measured">What was measured.</param>
    /// <param name="pausedIdentity">See <see cref="WorkJournal.Report"/>.</param>
    /// <param name="test">The test.</param>
    public WorkReport Conclude(
        int fault, string bound, string measured, string? pausedIdentity = null, [CallerMemberName] string test = "")
    {
        WorkReport report = Journal.AssertSound(pausedIdentity);
        FaultLog.Write(_output, fault, test, bound, measured);
        return report;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (FaultReplica replica in _replicas)
            await replica.DisposeAsync();
    }

    private string Path => $"/apis/coordination.k8s.io/v1/namespaces/{Namespace}/leases/settlement";
}
