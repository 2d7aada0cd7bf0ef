using LeaseElection.Hosting.ClusterTests.Election;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Journal;
using LeaseElection.Testing.Proxy;
using Microsoft.Extensions.DependencyInjection;

namespace LeaseElection.Hosting.ClusterTests.Faults;

/// <summary>A host that stands for the lease of a <see cref="FaultScene"/>, and the proxy between it and the API server.</summary>
internal sealed class FaultReplica : IAsyncDisposable
{
    private readonly FaultScene _scene;
    private volatile LeadershipTerm? _term;

    private FaultReplica(FaultScene scene, string identity, FaultProxy proxy)
    {
        _scene = scene;
        Identity = identity;
        Proxy = proxy;
    }

    public string Identity { get; }

    public FaultProxy Proxy { get; }

    public ClusterHost Host { get; private set; } = null!;

    /// <summary>The term its work got last.</summary>
    public LeadershipTerm Term => _term ?? throw new InvalidOperationException($"{Identity} has never led.");

    /// <summary>
    /// When the last write that the server confirmed had arrived at the proxy: no earlier than it was sent. One that is under way when its
    /// sender is cut off or killed may be confirmed a moment later: it is to be asked for when another leads.
    /// </summary>
    public long LastRenewal => Proxy.Requests.Newest.Last(request => request is { Verb: "update" or "create", Status: 200 or 201 }).Arrived;

    /// <summary>How many of its requests for the lease were not answered in time, for a fault or because the machine was busy.</summary>
    public int SlowAnswers => Host.Logs.Entries.Count(entry =>
        SlowAnswer.IsTold(entry.Message)
        && entry.Id.Name is "RenewalFailed" or "RenewalFailedAgain" or "StoreFailed" or "StoreFailedAgain");

    /// <summary>All its work so far, oldest first.</summary>
    public IReadOnlyList<WorkSpan> Spans => [.. _scene.Journal.Spans.Where(span => span.Identity == Identity)];

    public static async Task<FaultReplica> StartAsync(FaultScene scene, string identity, FaultReplicaSetup setup)
    {
        ApiServerUser user = setup.User ?? await scene.Server.CreateUserAsync(scene.Namespace, FaultScene.Rights);
        FaultProxy proxy = await FaultProxy.StartAsync(scene.Server);
        setup.Proxy?.Invoke(proxy);
        var replica = new FaultReplica(scene, identity, proxy);
        replica.Host = await ClusterHost.StartAsync(
            scene.Server,
            user,
            scene.Namespace,
            options =>
            {
                options.Identity = identity;
                options.Kubernetes.ApiServer = proxy.Url.ToString();
                options.LeaseDuration = FaultScene.Lease;
                options.RenewDeadline = FaultScene.Deadline;
                options.RenewInterval = FaultScene.Interval;
                options.RetryPeriod = FaultScene.Interval;
                setup.Configure?.Invoke(options);
            },
            election =>
            {
                if (setup.Time is { } time)
                    election.Services.AddKeyedSingleton<TimeProvider>(LeaderElectionOptions.TimeProviderKey, time);
                election.AddWork((_, term, stoppingToken) => replica.WorkAsync(term, setup.Drain, stoppingToken));
            });
        return replica;
    }

    /// <summary>Waits until its work runs, in a term after the given one.</summary>
    public Task<WorkSpan> WorksAsync(FencingToken after = default) => _scene.Journal.WaitForAsync(
        span => span.Identity == Identity && span.Token > after, $"{Identity} to work with a token greater than {after}");

    /// <summary>Waits until the work of a span has ended.</summary>
    public Task<WorkSpan> EndsAsync(WorkSpan work) => _scene.Journal.WaitForAsync(
        span => span.Identity == Identity && span.Token == work.Token && span.End is not null, $"{work} to end");

    /// <summary>Waits until a write that arrived after this time is confirmed.</summary>
    public Task RenewsAsync(long after) => Polling.UntilAsync(
        () => Task.FromResult(LastRenewal > after), FaultScene.Patience, what: $"{Identity} to renew after {after}");

    /// <summary>
    /// Waits until half an interval after a renewal: a fault that begins now meets none half done, unless the machine takes its time.
    /// </summary>
    public async Task BetweenRenewalsAsync()
    {
        await RenewsAsync(after: LastRenewal);
        await FaultScene.PassAsync(FaultScene.Interval / 2);
    }

    public async ValueTask DisposeAsync()
    {
        Proxy.Heal(); // A stop over a network that is cut off would take all the time it may.
        await Host.DisposeAsync();
        await Proxy.DisposeAsync();
    }

    private Task WorkAsync(LeadershipTerm term, Func<Task>? drain, CancellationToken stoppingToken)
    {
        _term = term;
        return _scene.Journal.WorkAsync(term, drain, stoppingToken);
    }
}
