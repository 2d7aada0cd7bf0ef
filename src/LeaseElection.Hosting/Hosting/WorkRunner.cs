using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Election;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting;

/// <summary>
/// Runs the user's work, each piece on the thread pool and in a dependency-injection scope of its own, and tells the core how it ends.
/// It never sees a lease. Called by the loop only, so by one thread at a time.
/// </summary>
internal sealed class WorkRunner(
    IReadOnlyList<WorkRegistration> works,
    IServiceScopeFactory scopes,
    ElectionRun run,
    Action<ElectionInput> post,
    ElectionMetrics metrics,
    ILogger logger)
{
    private readonly Task[] _running = [.. works.Select(_ => Task.CompletedTask)];
    private readonly WorkPreparation?[] _preparations = new WorkPreparation?[works.Count];
    private readonly bool[] _isPrepared = [.. works.Select(work => !work.PreparesOnStandby)];
    private readonly bool _preparesOnStandby = works.Any(work => work.PreparesOnStandby);
    private readonly AsyncLocal<Run?> _run = new();
    private LeadershipTerm? _term;
    private CancellationToken[] _lost = [];
    private EndOfWork? _end;
    private int _runningCount;

    /// <summary>The names of the pieces that have not ended.</summary>
    public string StillRunning => string.Join(", ", works.Where((_, i) => !_running[i].IsCompleted).Select(work => work.Name));

    /// <summary>
    /// Whether the caller is work that has not ended, or something that it has called or begun, through any number of awaits: there,
    /// whoever waits for the end of work waits for himself.
    /// </summary>
    public bool IsCaller => _run.Value is { HasEnded: false };

    /// <summary>Fires when the work that calls is told to stop; never, when it is none that does.</summary>
    public CancellationToken CallerIsTold => _run.Value is { HasEnded: false } run ? run.Told : CancellationToken.None;

    /// <summary>
    /// Whether all work that was told to stop has ended, which the core has still to hear: <see cref="ElectionInput.WorkStopped"/> has been
    /// posted by now.
    /// </summary>
    public bool HasStoppedUnheard => _end is { HasCome: true };

    /// <summary>Whether none of the work of a term runs any more. Any thread may ask.</summary>
    public bool HasEnded(LeadershipTerm term) => Volatile.Read(ref _term) != term || Volatile.Read(ref _runningCount) == 0;

    /// <summary>Whether all work that prepares itself has; <see langword="null"/> when there is none.</summary>
    public bool? IsPrepared => _preparesOnStandby ? !_isPrepared.AsSpan().Contains(false) : null;

    public string NameOf(int work) => works[work].Name;

    /// <summary>This process stands by: what can be prepared for the next term is. Called again it changes nothing.</summary>
    public void StandBy()
    {
        for (int i = 0; _preparesOnStandby && i < works.Count; i++)
        {
            if (works[i].PreparesOnStandby && _preparations[i] is null)
                _preparations[i] = Prepare(i);
        }
    }

    /// <summary>The election has ended: nothing is prepared any more.</summary>
    public Task EndPreparationsAsync() =>
        Task.WhenAll(_preparations.OfType<WorkPreparation>().Select(preparation => preparation.EndAsync()));

    public void Start(LeadershipTerm term)
    {
        if (Volatile.Read(ref _runningCount) != 0)
            throw new InvalidOperationException("A term may not begin before the work of the last one has ended.");
        _term = term;
        _lost = term.LostApart(works.Count);
        for (int i = 0; i < works.Count; i++)
            Start(i);
    }

    public void Start(int work)
    {
        LeadershipTerm term = _term!;
        WorkPreparation? preparation = _preparations[work];
        _preparations[work] = null;
        if (preparation is null && works[work].PreparesOnStandby)
            Volatile.Write(ref _isPrepared[work], false); // It starts again within its term.
        Interlocked.Increment(ref _runningCount);
        CancellationToken lost = _lost[work];
        _running[work] = Task.Run(() => RunAsync(work, term, preparation, lost));
    }

    /// <summary>Tells all work to stop; <see cref="ElectionInput.WorkStopped"/> follows when the last piece has ended.</summary>
    /// <param name="withdrawn">Has to end too, and does so soon: until then traffic may still be sent here.</param>
    public void Stop(Task withdrawn)
    {
        if (_term is not { } term)
        {
            post(new ElectionInput.WorkStopped()); // It could not be started.
            return;
        }

        term.Cancel(exception => logger.StopCallbackFailed(term.LeaseNamespace, term.LeaseName, exception));
        _end = new EndOfWork(Task.WhenAll([withdrawn, .. _running]), () => post(new ElectionInput.WorkStopped()));
    }

    /// <summary>The core has heard that all work has ended.</summary>
    public void Stopped() => _end = null;

    private WorkPreparation Prepare(int work)
    {
        Volatile.Write(ref _isPrepared[work], false);
        return new WorkPreparation(works[work].Name, run, logger, token => PrepareAsync(work, token));
    }

    /// <summary>What calls is work, too: whoever waits for its end from inside of it waits for himself.</summary>
    private async Task<ScopedWork> PrepareAsync(int work, CancellationToken told)
    {
        var call = new Run(told);
        _run.Value = call;
        try
        {
            ScopedWork prepared = await ScopedWork.PrepareAsync(works[work], scopes, told).ConfigureAwait(false);
            if (works[work].PreparesOnStandby)
                Prepared(work);
            return prepared;
        }
        finally
        {
            call.HasEnded = true;
        }
    }

    private void Prepared(int work)
    {
        logger.WorkPrepared(works[work].Name, run.Card.LeaseNamespace, run.Card.LeaseName);
        Volatile.Write(ref _isPrepared[work], true);
        post(new ElectionInput.TimerFired()); // There is nothing to decide, but something to tell.
    }

    private async Task RunAsync(int work, LeadershipTerm term, WorkPreparation? preparation, CancellationToken lost)
    {
        Exception? fault = null;
        var call = new Run(lost);
        _run.Value = call;
        try
        {
            logger.WorkStarted(works[work].Name, term.LeaseNamespace, term.LeaseName);
            await ExecuteAsync(work, term, preparation, lost).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever work throws ends the term by policy and never the loop.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            fault = exception;
        }

        call.HasEnded = true; // What it has left behind (a timer) may call whatever it likes.
        Ended(work, term, fault, lost);
    }

    private async Task ExecuteAsync(int work, LeadershipTerm term, WorkPreparation? preparation, CancellationToken lost)
    {
        ScopedWork? scoped = preparation is null ? null : await preparation.TakeAsync(lost).ConfigureAwait(false);
        if (scoped is null)
        {
            lost.ThrowIfCancellationRequested();
            scoped = await PrepareAsync(work, lost).ConfigureAwait(false);
        }

        await using (scoped.ConfigureAwait(false))
        {
            lost.ThrowIfCancellationRequested(); // No work starts once it was told to stop (design 5, rule 11).
            await scoped.ExecuteAsync(term, lost).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Only the token counts as having been told to stop. Work that gives up because the term was in doubt for a moment has ended by
    /// itself: the core must know, or this process would go on leading without it. Only the core can tell whether the term is over for
    /// good, so that is no fault: work may see it by the clock before the loop does.
    /// </summary>
    private void Ended(int work, LeadershipTerm term, Exception? exception, CancellationToken lost)
    {
        int stillRunning = Interlocked.Decrement(ref _runningCount);
        bool told = lost.IsCancellationRequested || term.Lost.IsCancellationRequested;
        bool obeyed = told && exception is null or OperationCanceledException;
        if (obeyed)
            logger.WorkEnded(works[work].Name, term.LeaseNamespace, term.LeaseName);
        else if (exception is null)
            post(new ElectionInput.WorkReturned(work, stillRunning));
        else if (!told)
            post(new ElectionInput.WorkFaulted(work, exception, SaysTermIsOver(exception, term, lost)));
        else
        {
            metrics.WorkFaulted(exception);
            logger.WorkFailedWhileStopping(works[work].Name, term.LeaseNamespace, term.LeaseName, exception);
        }
    }

    private static bool SaysTermIsOver(Exception exception, LeadershipTerm term, CancellationToken lost) =>
        exception is LeadershipLostException
        || (exception is OperationCanceledException { CancellationToken: var token } && (token == lost || token == term.Lost));

    private sealed class Run(CancellationToken told)
    {
        public CancellationToken Told => told;

        public volatile bool HasEnded;
    }
}
