using LeaseElection.Hosting;
using LeaseElection.Soak.Checking;
using LeaseElection.Testing.Journal;

namespace LeaseElection.Soak.Replicas;

/// <summary>
/// Leader work that writes down all it does: its start, small guarded acts, when it was told to stop, its end. It takes its time to
/// stop, as work does, and now and then it throws or returns early.
/// </summary>
/// <param name="settings">How it behaves.</param>
/// <param name="election">The number of its election.</param>
/// <param name="journal">Where it writes.</param>
internal sealed class SoakWork(ReplicaSettings settings, int election, LineFile journal)
{
    /// <summary>Of many elections each acts less often: the machine is there for the elections.</summary>
    private readonly TimeSpan _step = TimeSpan.FromMilliseconds(Math.Min(50 * settings.Elections, 500));

#pragma warning disable CA5394 // No secret is made of this.
    private readonly Random _random = new(settings.Seed + election);
#pragma warning restore CA5394

    private bool _hasEndedEarly;

    public async Task ExecuteAsync(LeadershipTerm term, CancellationToken stoppingToken)
    {
        Write(WorkLine.Of(WorkLine.Start, term));
        try
        {
            await using (stoppingToken.UnsafeRegister(_ => Write(WorkLine.Of(WorkLine.Told, term)), null))
                await WorkAsync(term, stoppingToken);
        }
        finally
        {
            Write(WorkLine.Of(WorkLine.End, term));
        }
    }

    private async Task WorkAsync(LeadershipTerm term, CancellationToken stoppingToken)
    {
        if (await ActUntilAsync(term, PlanEarlyEnd(), stoppingToken))
        {
            // Once a process only: the pause before it stands again grows with each, and every replica might sit in one.
            _hasEndedEarly = true;
            if (_random.Next(2) == 0)
                throw new InvalidOperationException("work that fails now and then");
        }
        else if (settings.Break)
        {
            await ActUntilAsync(term, 10 * settings.StopTimeout, CancellationToken.None);
        }
        else
        {
            await DrainAsync(term);
            if (_random.Next(20) == 0)
                throw new InvalidOperationException("work that fails while it stops now and then");
        }
    }

    /// <summary>
    /// Told to stop while the lease is still held, work may take longer than a lease lasts: it is renewed meanwhile. Once it is lost there
    /// is only the time to stop, of which enough is left for a busy machine.
    /// </summary>
    private async Task DrainAsync(LeadershipTerm term)
    {
        bool held = term.IsHeld;
        TimeSpan most = held && _random.Next(4) == 0 ? 5 * settings.StopTimeout : 0.7 * settings.StopTimeout;
        TimeSpan time = most * _random.NextDouble();
        long begun = TimeProvider.System.GetTimestamp();
        while (time - TimeProvider.System.GetElapsedTime(begun) is var left && left > TimeSpan.Zero && term.IsHeld == held)
        {
            await ActAsync(term);
            // No longer than that: with many elections a step is a third of the time to stop.
            await Task.Delay(left < _step ? left : _step, TimeProvider.System, CancellationToken.None);
        }
    }

    private TimeSpan PlanEarlyEnd() => settings.Steady || _hasEndedEarly || _random.Next(8) > 0
        ? TimeSpan.MaxValue
        : TimeSpan.FromSeconds(10) * _random.NextDouble();

    /// <summary>Acts until the time is over or the token fires. Returns whether the time was over first.</summary>
    private async Task<bool> ActUntilAsync(LeadershipTerm term, TimeSpan time, CancellationToken stoppingToken)
    {
        long begun = TimeProvider.System.GetTimestamp();
        while (!stoppingToken.IsCancellationRequested)
        {
            if (TimeProvider.System.GetElapsedTime(begun) >= time)
                return true;
            await ActAsync(term);
            await Task.Delay(_step, TimeProvider.System, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return false;
    }

    /// <summary>
    /// What leader work does before every irreversible act: it looks, then acts. The act takes a while to arrive, so that now and then a
    /// freeze falls between.
    /// </summary>
    private async Task ActAsync(LeadershipTerm term)
    {
        var look = WorkLine.Of(WorkLine.Look, term);
        if (!term.IsHeld)
            return;
        await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, CancellationToken.None);
        Write(look, WorkLine.Of(WorkLine.Act, term));
    }

    private void Write(params IEnumerable<WorkLine> lines) => journal.Write(lines.Select(line => ElectionJournals.Line(election, line)));
}
