using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Deaths;
using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Members;
using LeaseElection.Hosting.Partitions;
using LeaseElection.Hosting.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LeaseElection.Hosting;

/// <summary>
/// Ties one election to the life of its host. Settings are checked while the host starts, and a wrong one fails the start; standing
/// begins when everything else has started, and no answer of an API server, or none, can fail that.
/// </summary>
/// <remarks>
/// Hosts older than the Generic Host (<c>WebHost</c>) call <see cref="StartAsync"/> and <see cref="StopAsync"/> only. There the election
/// begins by <c>IHostApplicationLifetime.ApplicationStarted</c>, and <see cref="StopAsync"/> does what else <see
/// cref="StoppingAsync"/> has done.
/// </remarks>
internal sealed class LeaderElectionService(
    LeaderElectionRegistration registration,
    LeaderElection election,
    IEnumerable<LeaderElectionRegistration> registrations,
    IEnumerable<WorkRegistration> works,
    IEnumerable<PartitionedWorkRegistration> partitionedWorks,
    IEnumerable<PartitionedWorkClaim> partitionedWorkClaims,
    IOptionsMonitor<LeaderElectionOptions> optionsMonitor,
    HostSettings host,
    HostStop stop,
    IElectionStoreFactory stores,
    ElectionClock clock,
    TermWatchdog watchdog,
    ElectionInstruments instruments,
    ProcessEnvironment environment,
    IServiceScopeFactory scopes,
    IHostApplicationLifetime lifetime,
    HostedServices hosted,
    PublishedEndpoints endpoints,
    ILogger<LeaderElection> logger) : IHostedLifecycleService, IAsyncDisposable, IDisposable
{
    private const long NotTold = long.MaxValue;

    private readonly GuardedLogger _logger = new(logger);
    private readonly StartWatch _starting = new(registration, election, hosted, clock, new GuardedLogger(logger));
    private ElectionLoop? _loop;
    private ElectionGroup? _group;
    private PartitionLoop? _partitions;
    private LeadershipAnnouncements _announcements = new([]);
    private CancellationTokenRegistration _started;
    private CancellationTokenRegistration _signalled;
    private CancellationTokenRegistration _stopping;
    private bool _beginsNoMore;
    private long _toldAt = NotTold;
    private bool _toldOfWork;

    /// <summary>How far the start is, for who asks which service the host waits for.</summary>
    public StartStage Stage { get; private set; }

    /// <summary>Before any service is started: one that must not run on every replica has not run at all then.</summary>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        LookAround();
        return Task.CompletedTask;
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        LookAround();
        Stage = StartStage.Starting;
        LeaderElectionOptions options = optionsMonitor.Get(registration.Name);
        OpenedStore opened;
        try
        {
            opened = await stores.OpenAsync(registration, options, cancellationToken).ConfigureAwait(false);
        }
        catch (LeaseStoreConfigurationException exception)
        {
            throw new OptionsValidationException(registration.Name, typeof(LeaderElectionOptions), [exception.Message]);
        }

        _announcements = new LeadershipAnnouncements(opened.Announcers);
        int? count = PartitionedWorkClaim.CountOf(options, registration.Name, partitionedWorkClaims);
        int leases = registrations.Count() + (count ?? 0);
        ElectorSettings settings = ElectionSettings.Of(
            options, opened.Card.Identity, host.ShutdownTimeout, _announcements.FinishTimeout, leases) with
        {
            NotePace = clock.NotePace,
        };
        if (opened.Store is FileLeaseStore)
            settings = settings with { CountTakeOvers = false }; // On a developer's machine: whoever stops a debugger kills its process.
        var run = new ElectionRun(opened.Card, settings, clock);
        Warn(options, settings);
        var telemetry = ElectionTelemetry.For(election, run, instruments);
        var parts = new ElectionParts(opened.Store, [.. works], scopes, watchdog, lifetime, telemetry, _announcements, _logger)
        {
            Deaths = opened.Process is { } process ? new HolderDeaths(process, opened.OpenPods!()) : null,
        };
        _loop = new ElectionLoop(run, election, parts);
        election.Attach(run, _loop.StepDownAsync);
        if (election.Members is not null)
        {
            LeaseTraits traits = MemberTraits.Of(run.Card, environment, count);
            _group = new ElectionGroup(opened.OpenLeases(), run, options, traits, election, parts, hasPartitions: count is not null);
        }

        if (count is { } partitions)
            _partitions = Divide(run, options, partitions);
        instruments.Observe(election);
        Rehearsal.Begin(scopes);
        Stage = StartStage.Started;

        // The Generic Host says so too, but only after StartedAsync: it has begun by then.
        _started = lifetime.ApplicationStarted.UnsafeRegister(_ => Begin(), null);
    }

    /// <summary>Only now: the work of a leader may need what other services prepare in their start.</summary>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        Begin();
        return Task.CompletedTask;
    }

    /// <summary>
    /// Work drains and the lease is released here, before any other service is asked to stop: leader work may need them to the end,
    /// and the host's shutdown timeout is one budget for all, which a slow service before us would eat.
    /// </summary>
    public Task StoppingAsync(CancellationToken cancellationToken) => FinishAsync(cancellationToken);

    /// <summary>What is left to tell of the end is told while other services stop, and waited for last.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await FinishAsync(cancellationToken).ConfigureAwait(false);
        if (_group is { } group)
            await group.LeftAsync(ElectorSettings.ReleaseTimeout, cancellationToken).ConfigureAwait(false);
        await _announcements.FinishAsync(clock.TimeProvider, cancellationToken).ConfigureAwait(false);
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// A host whose start failed half-way is disposed without having been stopped: work that runs already must end with it.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        await _started.DisposeAsync().ConfigureAwait(false);
        await _signalled.DisposeAsync().ConfigureAwait(false);
        await _stopping.DisposeAsync().ConfigureAwait(false);
        await FinishAsync(new CancellationToken(canceled: true)).ConfigureAwait(false);
        await EndAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// For containers that are not disposed asynchronously: work is told to stop, and nobody waits for it. What takes its time ends by
    /// itself; left alone, a presence would be renewed for as long as this process goes on without its container.
    /// </summary>
    public void Dispose()
    {
        _starting.Dispose();
        _started.Dispose();
        _signalled.Dispose();
        _stopping.Dispose();
        _group?.Leave(); // Whatever what follows waits for.
        _loop?.Abandon();
        _partitions?.Abandon();
        _ = EndAsync();
    }

    private async Task EndAsync()
    {
        if (_loop is { } loop)
            await loop.DisposeAsync().ConfigureAwait(false);
        if (_partitions is { } partitions)
            await partitions.DisposeAsync().ConfigureAwait(false);
        if (_group is { } group)
            await group.DisposeAsync().ConfigureAwait(false);
        await _announcements.DisposeAsync().ConfigureAwait(false);
    }

    private void LookAround()
    {
        hosted.Look();
        string[] refusals = [.. works.Select(work => work.Refuse?.Invoke(hosted)).OfType<string>()];
        if (refusals.Length > 0)
            throw new InvalidOperationException(string.Join('\n', refusals));
    }

    /// <summary>
    /// Once, and never after a stop. The token of the host's own stop is listened to as well, because on SIGTERM it fires before
    /// <see cref="StoppingAsync"/> is called. Without a signal it fires only when that of all services has returned: then the first
    /// election whose turn it is tells the others. One that begins after that ends at once.
    /// </summary>
    private void Begin()
    {
        if (_loop is not { } loop || Interlocked.Exchange(ref _beginsNoMore, true))
            return;
        _starting.Dispose();
        if (endpoints.NotesOf(election) is { } notes)
            loop.SayFirst(notes);
        loop.Start();
        _group?.Begin();
        _partitions?.Start();
        _stopping = stop.Begun.UnsafeRegister(_ => RequestShutDown(loop), null);
        _signalled = lifetime.ApplicationStopping.UnsafeRegister(_ => stop.Begin(), null);
    }

    /// <remarks>
    /// What is left to it when the host has no more time counts from the first call, and not from when it is this election's turn to be
    /// waited for: several of them, whose work ignores its token, would hold up the host one after the other.
    /// </remarks>
    private void RequestShutDown(ElectionLoop loop)
    {
        Interlocked.CompareExchange(ref _toldAt, clock.Now.Monotonic.Ticks, NotTold);
        _group?.Leave(); // First: the others stand for our partitions while we drain, and have each the moment it is given up.
        _partitions?.RequestShutDown();
        loop.RequestShutDown();
    }

    /// <summary>The election's own and that of all partitions: they end side by side.</summary>
    private Task CompletionOf(ElectionLoop loop) =>
        _partitions is { } partitions ? Task.WhenAll(loop.Completion, partitions.Completion) : loop.Completion;

    private bool IsCalledByWork(ElectionLoop loop) => loop.IsCalledByWork || _partitions is { IsCalledByWork: true };

    private PartitionLoop Divide(ElectionRun run, LeaderElectionOptions options, int count)
    {
        var parts = new PartitionParts(
            registration.Name, run, [.. partitionedWorks], _group!.Watch,
            PartitionTraits.Of(run.Card.LeaseName, count),
            () => PresentMembers.Of(_group.Watch.View, run.Clock.Now.Monotonic, run.Card.LeaseName),
            scopes, watchdog, lifetime, instruments, _logger);
        instruments.Observe(run, election.Partitions!);
        return PartitionLoop.Of(parts, election.Partitions!, options, count);
    }

    private async Task FinishAsync(CancellationToken cancellationToken)
    {
        Volatile.Write(ref _beginsNoMore, true);
        _starting.Dispose();
        if (_loop is not { } loop)
            return;
        stop.Begin();
        RequestShutDown(loop); // It may not have begun to listen.
        if (IsCalledByWork(loop))
        {
            await FinishForWorkAsync(loop).ConfigureAwait(false);
            return;
        }

        try
        {
            await CompletionOf(loop).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await FinishLateAsync(loop, ElectorSettings.ReleaseTimeout).ConfigureAwait(false);
            loop.Abandon();
            _partitions?.Abandon();
        }
    }

    /// <summary>
    /// Work of this election stops the host. If it waits for that it waits for itself, until nobody has any time left; if it does not, it
    /// ends soon. Whoever runs the host waits for the rest.
    /// </summary>
    private async Task FinishForWorkAsync(ElectionLoop loop)
    {
        if (_toldOfWork)
            return; // It has waited, and the next phase of the stop would wait as long again.
        await WaitAsync(loop, election.Run!.Settings.ReleaseWithin).ConfigureAwait(false);
        if (CompletionOf(loop).IsCompleted)
            return;
        _toldOfWork = true;
        _logger.HostStoppedByWork(election.LeaseNamespace, election.LeaseName);
    }

    /// <summary>
    /// The host has no more time, perhaps because others used it up before us. A little is ours all the same, for work that stops at
    /// once and for the release: it hurts nobody, and spares the others a whole lease.
    /// </summary>
    private async Task FinishLateAsync(ElectionLoop loop, TimeSpan left)
    {
        if (!IsReleasing)
            left -= clock.Now.Monotonic - TimeSpan.FromTicks(Volatile.Read(ref _toldAt));
        if (left > TimeSpan.Zero)
            await WaitAsync(loop, left).ConfigureAwait(false);
    }

    /// <summary>The lease of the election, or of one of its partitions.</summary>
    private bool IsReleasing => election.Snapshot.State == LeaderElectionState.Releasing
        || election.Partitions?.Snapshot.Elections.Any(one => one is { Snapshot.State: LeaderElectionState.Releasing }) is true;

    private async Task WaitAsync(ElectionLoop loop, TimeSpan left)
    {
        try
        {
            await CompletionOf(loop).WaitAsync(left, clock.TimeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Left to run out.
        }
    }

    private void Warn(LeaderElectionOptions options, ElectorSettings settings)
    {
        if (!options.Enabled)
            _logger.Disabled(registration.KeyOf(nameof(options.Enabled), options));
        else if (options.Identity is { } identity)
            _logger.FixedIdentity(registration.KeyOf(nameof(options.Identity)), identity);
        if (options.Enabled && settings.DrainTimeout < settings.StopTimeout)
        {
            _logger.ShutdownTimeoutTooShort(
                host.ShutdownTimeout,
                registration.KeyOf(nameof(options.StopTimeout), options),
                settings.StopTimeout,
                (settings.ReleaseWithin + _announcements.FinishTimeout).TotalSeconds);
        }
    }
}
