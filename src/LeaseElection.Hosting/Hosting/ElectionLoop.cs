using System.Collections.Immutable;
using LeaseElection.Hosting.Deaths;
using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Election.Deaths;
using LeaseElection.Hosting.Election.Notes;
using LeaseElection.Hosting.Leases;
using Microsoft.Extensions.Hosting;

namespace LeaseElection.Hosting;

/// <summary>
/// Feeds the core with what happens, one input at a time, and carries out what it says. It decides nothing: what looks like a decision
/// here belongs into <see cref="Elector"/>.
/// </summary>
internal sealed class ElectionLoop : IRescuable, IAsyncDisposable
{
    /// <summary>The longest a timer is set for; the core asks again.</summary>
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(1);
    private static readonly TimeSpan LongestPatience = TimeSpan.FromSeconds(1);

    private readonly InputQueue _inputs = new();
    private readonly TaskCompletionSource _waitedForNoMore = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ElectionRun _run;
    private readonly LeaderElection _election;
    private readonly Elector _elector;
    private readonly StoreRunner _store;
    private readonly NoteDesk _notes;
    private readonly WorkRunner _work;
    private readonly TurnOrder _order;
    private readonly StepDowns _stepDowns;
    private readonly TermWatchdog _watchdog;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly ElectionReporter _reporter;
    private readonly LeadershipAnnouncements _announcements;
    private readonly HolderDeaths? _deaths;
    private readonly HolderWatch? _holder;
    private readonly Action<ElectionEvent>? _heard;
    private readonly ITimer _timer;
    private readonly TimeSpan _startedAt;
    private ImmutableDictionary<string, string> _first = ImmutableDictionary<string, string>.Empty;
    private LeadershipTerm? _term;
    private Task? _running;
    private long _wakeAt = long.MaxValue;
    private bool _abandoned;

    public ElectionLoop(ElectionRun run, LeaderElection election, ElectionParts parts)
    {
        _run = run;
        _election = election;
        _elector = new Elector(run.Settings, Random.Shared, parts.Memory);
        var store = new MeteredLeaseStore(parts.Store, parts.Telemetry.Metrics, run.Clock.TimeProvider);
        _store = new StoreRunner(store, run, Post, parts.Logger);
        _notes = new NoteDesk(run.Card, Post);
        _work = new WorkRunner(parts.Works, parts.Scopes, run, Post, parts.Telemetry.Metrics, parts.Logger);
        _order = new TurnOrder(_work, Handle, Tell);
        _stepDowns = new StepDowns(run, _work);
        _watchdog = parts.Watchdog;
        _lifetime = parts.Lifetime;
        _announcements = parts.Announcements;
        _deaths = parts.Deaths;
        if (_deaths is not null)
        {
            _holder = new HolderWatch(
                _deaths, run, version => Post(new ElectionInput.Watched(new LeaseEvent.HolderDead(version))), parts.Logger);
        }

        _heard = parts.Heard;
        _reporter = new ElectionReporter(parts.Logger, parts.Telemetry, run, _work);

        // Otherwise loop, timer and all work would carry the async-locals (activity, culture, log scopes) of whoever started the host.
        using (ExecutionContext.SuppressFlow())
        {
            _timer = run.Clock.TimeProvider.CreateTimer(
                _ => Post(new ElectionInput.TimerFired()), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        _startedAt = run.Clock.Now.Monotonic;
    }

    /// <summary>Ends when the election has stopped for good; has ended as long as it was not started.</summary>
    public Task Completion => _running ?? Task.CompletedTask;

    public void Start()
    {
        using (ExecutionContext.SuppressFlow())
            _running = Task.Run(RunAsync);
        if (_deaths is { Own: var own })
            PostFirst(_first.SetItem(HolderProcess.Note, own.ToString())); // Without the check of keys, which keeps others from this one.
        Post(new ElectionInput.Started());
    }

    /// <summary>Stops all work and gives the lease up. Returns at once.</summary>
    public void RequestShutDown() => Post(new ElectionInput.ShutDownRequested());

    /// <summary>
    /// Whoever waits for leadership has no more time: one attempt is made if none was, and then no other. Returns at once.
    /// </summary>
    public void EndWaiting() => Post(new ElectionInput.WaitingEnded());

    /// <summary>
    /// What each later term says of itself from its first instant, by key, beside what was told before: it goes with the write that begins
    /// the term, and nobody ever sees it beside another. The term that is held goes on saying what it has said.
    /// </summary>
    public void SayFirst(IReadOnlyDictionary<string, string> notes)
    {
        foreach ((string key, string value) in notes)
            NoteRules.Check(key, value, NoteLife.Term);
        PostFirst(_first.SetItems(notes));
    }

    /// <summary>The host does not wait any longer: the lease is not released, because work may still run.</summary>
    public void Abandon()
    {
        if (Interlocked.Exchange(ref _abandoned, true) || _running is { IsCompleted: true })
            return;
        _waitedForNoMore.SetResult();
        if (_running is null)
        {
            _running = EndAsync(); // The start of the host failed: whoever waits for this election must not wait for ever.
            return;
        }

        _reporter.Abandoned();
        _inputs.Close();
        _store.SendNoMore();
    }

    public async ValueTask DisposeAsync()
    {
        Abandon();
        await Completion.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public bool IsStuck => _store.CanRescue
        && (_run.Clock.Now.Monotonic.Ticks - Volatile.Read(ref _wakeAt) > Patience.Ticks || _store.IsStuck(Patience));

    /// <inheritdoc/>
    public void Rescue()
    {
        if (!_store.CanRescue || !_inputs.TryBorrow(TakeTurnsOfTerm))
            return;
        _store.Rescue(Patience);
        _inputs.TryBorrow(TakeTurnsOfTerm);
    }

    /// <summary>Whether it is work of this election, or something that it has called, that asks.</summary>
    public bool IsCalledByWork => _work.IsCaller;

    public Task StepDownAsync(CancellationToken cancellationToken) =>
        _stepDowns.AskAsync(() => _inputs.TryPost(new ElectionInput.StepDownRequested()), cancellationToken);

    /// <summary>How late a pool that works may be.</summary>
    private TimeSpan Patience => _run.Settings.RenewDeadline / 10 < LongestPatience ? _run.Settings.RenewDeadline / 10 : LongestPatience;

    private void Post(ElectionInput input) => _inputs.TryPost(input);

    private void PostFirst(ImmutableDictionary<string, string> first)
    {
        _first = first;
        Post(new ElectionInput.FirstNotesChanged(first));
    }

    private async Task RunAsync()
    {
        try
        {
            _reporter.Started();
            await _inputs.HandOnAsync(input =>
            {
                _order.Take(input);
                return _elector.State != LeaderElectionState.Stopped;
            }).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // A bug of ours: leadership must end and the health check must tell, whatever it was.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _election.Fail();
            _reporter.LoopFailed(exception);
        }
        finally
        {
            await EndAsync().ConfigureAwait(false);
            _reporter.Stopped();
        }
    }

    /// <summary>
    /// Those that are due, as long as there is a term to keep; what comes before and after one has time until the pool works again.
    /// </summary>
    /// <returns>Whether there is a term.</returns>
    private bool TakeTurnsOfTerm()
    {
        while (_term is not null && _inputs.TryTake(out ElectionInput? input))
            _order.Take(input);
        if (_term is not null && _run.Clock.Now.Monotonic.Ticks >= _wakeAt)
            _order.Take(new ElectionInput.TimerFired());
        if (_elector.State == LeaderElectionState.Stopped)
            _inputs.Close(); // The loop has not seen that turn, and waits for an input that may not come before its timer fires.
        return _term is not null;
    }

    private void Handle(ElectionInput input)
    {
        Volatile.Write(ref _wakeAt, long.MaxValue);
        ElectionTime now = _run.Clock.Now;
        IReadOnlyList<ElectionOutput> outputs = _elector.Handle(input, now);

        // First the facts, then the acts: work that starts must find itself leading, and a term that is over must say so before the
        // lease is released or anybody is told.
        UpdateTerm(outputs);
        _reporter.Now(_elector.State);
        if (_elector.State == LeaderElectionState.Standby)
            _work.StandBy();
        _election.Publish(ElectionSnapshot.Of(_elector, _startedAt, now) with { IsPrepared = _work.IsPrepared }, _term);
        foreach (ElectionOutput output in outputs)
            CarryOut(output);
        _reporter.Settle(now);
        _announcements.Settle(_elector.State, _elector.Lease);
        _holder?.Look(_elector.State, _elector.Lease);
        if (_elector.State is LeaderElectionState.Standby or LeaderElectionState.Stopped && input is not ElectionInput.Started)
            _stepDowns.Done();
    }

    private void UpdateTerm(IReadOnlyList<ElectionOutput> outputs)
    {
        foreach (ElectionOutput output in outputs)
        {
            if (output is ElectionOutput.StartWork start)
            {
                _term = new LeadershipTerm(
                    _run.Card, start.Term, start.Validity, _run.Clock,
                    (key, value, life) => _notes.WriteAsync(start.Term, key, value, life))
                {
                    StopTimeout = _run.Settings.StopTimeout,
                };
            }
            else if (output is ElectionOutput.ExtendTerm extend)
            {
                _term?.Extend(extend.Validity);
            }
        }

        if (_term is not { } term)
            return;
        term.Show(_elector.Notes);
        if (_elector.Term is not { Holds: true })
        {
            term.End();
            _watchdog.Lost(term, outputs.Any(IsLossAtDeadline));
        }
        if (_elector.Term is null)
            _term = null;
    }

    private void CarryOut(ElectionOutput output)
    {
        switch (output)
        {
            case ElectionOutput.Read read:
                _store.Read(read.Timeout);
                break;
            case ElectionOutput.Create create:
                _store.Create(new LeaseWrite(create.Record) { Annotations = create.Annotations }, create.Timeout);
                break;
            case ElectionOutput.Replace replace:
                _store.Replace(replace.Current, new LeaseWrite(replace.Record) { Annotations = replace.Annotations }, replace.Timeout);
                break;
            case ElectionOutput.Watch watch:
                _store.Watch(watch.ResourceVersion);
                break;
            case ElectionOutput.EndWatch:
                _store.EndWatch();
                break;
            case ElectionOutput.StartWork start:
                _watchdog.Watch(
                    _term!,
                    _run.Clock,
                    wake: () => Post(new ElectionInput.TimerFired()),
                    expired: () => Post(new ElectionInput.TermExpired(start.Term)),
                    rescued: this,
                    _run.Settings.WhenWorkOverruns == WorkOverrunPolicy.FailFast ? FailFastAfter(_term!) : null);
                _work.Start(_term!);
                break;
            case ElectionOutput.RestartWork restart:
                _work.Start(restart.Work);
                break;
            case ElectionOutput.StopWork:
                _work.Stop(_announcements.WithdrawnAsync());
                break;
            case ElectionOutput.ExtendTerm:
                break;
            case ElectionOutput.EndangerTerm:
                _term!.Endanger(_reporter.DangerCallbackFailed);
                break;
            case ElectionOutput.WakeAt wake:
                Volatile.Write(ref _wakeAt, wake.Instant.Ticks);
                SetTimer(wake.Instant - _run.Clock.Now.Monotonic);
                break;
            case ElectionOutput.StopHost stop:
                StopHost(stop.Reason);
                break;
            case ElectionOutput.FailFast fail:
                FailFast(fail.Reason);
                break;
            case ElectionOutput.NotesSettled settled:
                _notes.Settle(settled);
                break;
            case ElectionOutput.Report report:
                Tell(report.Event);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(output), output, "The set of outputs is closed.");
        }
    }

    private void Tell(ElectionEvent told)
    {
        _heard?.Invoke(told); // First: whoever reads of it in the log may ask.
        _reporter.Report(told);
        _announcements.Observe(told, _elector.Lease);
    }

    /// <summary>
    /// Rounded up to a millisecond, which is what timers count in: one that fires early would have to be set again at once.
    /// </summary>
    private void SetTimer(TimeSpan pause)
    {
        var rounded = TimeSpan.FromMilliseconds(Math.Ceiling(Math.Max(pause.TotalMilliseconds, 0)));
        _timer.Change(rounded < LongestTimer ? rounded : LongestTimer, Timeout.InfiniteTimeSpan);
    }

    private void StopHost(string reason)
    {
        _reporter.StopHost(reason);
        if (Environment.ExitCode == 0)
            Environment.ExitCode = 1;

        // Off the loop: it runs what the app registered for its stop, and the loop has a lease to renew meanwhile.
        _ = Task.Run(_lifetime.StopApplication);
    }

    private LastResort FailFastAfter(LeadershipTerm term) => new(
        _run.Settings.StopTimeout,
        () => _work.HasEnded(term),
        () => FailFast("its work still runs although another process may lead, and its loop has ended or has no thread"));

    private static void FailFast(string reason) =>
        Environment.FailFast($"LeaseElection.Hosting ends this process because {reason} (LeaderElection:WhenWorkOverruns).");

    /// <summary>Nobody else leads before it: work has its time from then on, and not from the loss.</summary>
    private static bool IsLossAtDeadline(ElectionOutput output) => output is ElectionOutput.Report
    {
        Event: ElectionEvent.LeadershipLost { Reason: StopReason.DeadlinePassed or StopReason.DrainTimedOut }
    };

    private async Task EndAsync()
    {
        _inputs.End();
        _store.SendNoMore();
        if (_term is { } term)
        {
            term.End();
            _watchdog.Lost(term, atDeadline: true); // Nobody else is left to act if its work goes on beside the next leader.
            _work.Stop(Task.CompletedTask);
        }

        _announcements.Stopped();
        _notes.Close();
        await _timer.DisposeAsync().ConfigureAwait(false);
        _election.Publish(_election.Snapshot with { State = LeaderElectionState.Stopped, Holds = false }, null);
        _stepDowns.Done();
        await Task.WhenAny(_work.EndPreparationsAsync(), _waitedForNoMore.Task).ConfigureAwait(false); // What is left ends by itself.
        if (_holder is not null)
            await _holder.DisposeAsync().ConfigureAwait(false);
        await _store.DisposeAsync().ConfigureAwait(false);
    }
}
