using System.Collections.Concurrent;
using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Election.Partitions;
using LeaseElection.Hosting.Groups;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Partitions;
using LeaseElection.Hosting.Time;
using LeaseElection.Testing.Logging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeaseElection.Hosting.Tests;

/// <summary>The partitions of one process, without its host: several of them share the leases of a <see cref="PartitionWorld"/>.</summary>
internal sealed class PartitionReplica : IAsyncDisposable
{
    private readonly PartitionWorld _world;
    private readonly ConcurrentDictionary<int, TaskCompletionSource> _failures = new();
    private readonly ConcurrentDictionary<int, Task> _mayStop = new();
    private readonly LeaseGroupWatch _watch;
    private TimeSpan _lookedAt;
    private volatile bool _isStopping;
    private readonly TermWatchdog _watchdog = new(NullLogger<TermWatchdog>.Instance);
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();

    public PartitionReplica(PartitionWorld world, string identity, int count, Action<LeaderElectionOptions>? configure = null)
    {
        _world = world;
        Identity = identity;
        Count = count;
        var options = new LeaderElectionOptions();
        configure?.Invoke(options);
        ElectorSettings settings = ElectionSettings.Of(options, identity, TimeSpan.FromSeconds(30));
        var card = new ElectionIdentityCard("shop", PartitionWorld.LeaseName, identity);
        Run = new ElectionRun(card, settings, new ElectionClock(world.Time));
        ElectorSettings pace = PartitionPace.Of(MemberSettings.Of(options, identity), settings); // As in ElectionGroup.
        _watch = new LeaseGroupWatch(
            world.Leases.OpenGroup(PartitionWorld.LeaseName), Run with { Settings = pace }, NullLogger.Instance);
        var work = new PartitionedWorkRegistration("", "Orders", RunAsync);
        var parts = new PartitionParts(
            "", Run, [work], _watch, LeaseTraits.None, LookAtMembers, _services.GetRequiredService<IServiceScopeFactory>(), _watchdog,
            Lifetime, new ElectionInstruments(), Logs.CreateLogger("partitions"));
        Loop = PartitionLoop.Of(parts, Partitions, options, Count);
    }

    /// <summary>
    /// Whether what was due some time ago has happened here: renewals, looks of the keeper, and, if anybody renews, news of that.
    /// </summary>
    public bool IsUpToDate(bool anybodyRenews, TimeSpan within)
    {
        TimeSpan now = Run.Clock.Now.Monotonic;
        bool isRenewed = Running.Values.All(term =>
            !term.IsHeld || term.TimeLeft > Run.Settings.RenewDeadline - Run.Settings.RenewInterval - within);
        TimeSpan trusted = PartitionKeeperSettings.Of(Run.Settings, Count, TimeSpan.Zero, TimeSpan.Zero).TrustFor;
        bool hasLooked = _isStopping || now - _lookedAt <= (trusted / 4) + within;
        bool hasHeard = !anybodyRenews || _watch.View.AsOf is not { } asOf || now - asOf <= Run.Settings.RenewInterval + within;
        return isRenewed && hasLooked && hasHeard;
    }

    public string Identity { get; }

    public int Count { get; }

    public ElectionRun Run { get; }

    public ElectionPartitions Partitions { get; } = new();

    public PartitionLoop Loop { get; }

    public FakeLifetime Lifetime { get; } = new();

    public ListLoggerProvider Logs { get; } = new();

    /// <summary>What runs here: which partition, of how many, in which term.</summary>
    public ConcurrentDictionary<Partition, LeadershipTerm> Running { get; } = new();

    public IEnumerable<int> Owned => Running.Keys.Select(partition => partition.Index).Order();

    /// <summary>The work of one partition waits for it when it has been told to stop.</summary>
    public void Holds(int index, Task until) => _mayStop[index] = until;

    /// <summary>The work of one partition throws.</summary>
    public void Fail(int index) => _failures[index].SetResult();

    public void Start()
    {
        _lookedAt = Run.Clock.Now.Monotonic;
        _watch.Start();
        Loop.Start();
    }

    /// <summary>Returns at once.</summary>
    public void Stop()
    {
        _isStopping = true;
        Loop.RequestShutDown();
    }

    public async ValueTask DisposeAsync()
    {
        await Loop.DisposeAsync();
        await _watch.DisposeAsync();
        _watchdog.Dispose();
        await _services.DisposeAsync();
    }

    /// <summary>As the keeper does at each of its looks.</summary>
    private IReadOnlyList<PartitionMember> LookAtMembers() => _world.MembersAt(_lookedAt = Run.Clock.Now.Monotonic);

    private async Task RunAsync(IServiceProvider services, Partition partition, LeadershipTerm term, CancellationToken stoppingToken)
    {
        TaskCompletionSource failure = _failures[partition.Index] = new();
        _world.Begin(this, partition);
        Running[partition] = term;
        try
        {
            await failure.Task.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (failure.Task.IsCompleted)
                throw new InvalidOperationException("The database is away.");
            await _mayStop.GetValueOrDefault(partition.Index, Task.CompletedTask);
        }
        finally
        {
            Running.TryRemove(partition, out _);
            _world.End(this, partition);
        }
    }
}
