using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Electors;
using LeaseElection.Testing.Journal;

namespace LeaseElection.Benchmarks;

/// <summary>Two candidates of one kind, of which the leader is killed again and again, and replaced by one that stands by then.</summary>
/// <param name="command">The command line of one with such an identity.</param>
/// <param name="timings">Theirs.</param>
internal class Crashes(Func<string, string[]> command, ElectorTimings timings) : IAsyncDisposable
{
    private readonly ElectorProcess?[] _running = new ElectorProcess?[2];
    private int _made;

    /// <summary>For failure only.</summary>
    protected TimeSpan Patience { get; } = timings.Lease + TimeSpan.FromMinutes(1);

    /// <returns>From each kill to the next start of work.</returns>
    public async Task<List<TimeSpan>> RunAsync(int trials)
    {
        List<TimeSpan> took = [];
        int leading = 0;
        await WorksAsync(await StartAsync(leading));
        await StartAsync(1 - leading);
        for (int i = 0; i < trials; i++)
        {
            (ElectorProcess leader, ElectorProcess standby) = (_running[leading]!, _running[1 - leading]!);
            await FollowsAsync(standby, leader, leading);

            // At any phase of the pause between two renewals.
            await Task.Delay(timings.Lease / 5 * Random.Shared.NextDouble(), TimeProvider.System, CancellationToken.None);
            long killed = WorkJournal.Now;
            await KillAsync(leader, leading);
            WorkLine start = await WorksAsync(standby);
            if (start.At < killed)
            {
                throw new InvalidOperationException(
                    $"{standby.Identity} led before {leader.Identity} was killed: the machine is too slow for such leases.");
            }

            took.Add(TimeProvider.System.GetElapsedTime(killed, start.At));

            await leader.DisposeAsync();
            await StartAsync(leading);
            leading = 1 - leading;
        }

        return took;
    }

    public virtual async ValueTask DisposeAsync()
    {
        foreach (ElectorProcess? process in _running)
        {
            if (process is not null)
                await process.DisposeAsync();
        }
    }

    /// <summary>Starts the next process of a candidate.</summary>
    /// <param name="candidate">Which of the two.</param>
    /// <param name="identity">What the process is called.</param>
    /// <param name="command">What it runs.</param>
    protected virtual Task<ElectorProcess> StartAsync(int candidate, string identity, IReadOnlyList<string> command) =>
        ElectorProcess.StartAsync(identity, command);

    /// <summary>Waits until one stands by, and knows all that it needs in order to take over.</summary>
    /// <param name="standby">Who stands by.</param>
    /// <param name="leader">Who leads.</param>
    /// <param name="leading">Which of the two that is.</param>
    protected virtual Task FollowsAsync(ElectorProcess standby, ElectorProcess leader, int leading) => standby.SeesAsync(leader.Identity);

    /// <summary>Kills the leader, and lets everybody know who would be told.</summary>
    /// <param name="leader">Who leads.</param>
    /// <param name="leading">Which of the two that is.</param>
    protected virtual async Task KillAsync(ElectorProcess leader, int leading)
    {
        leader.Process.Send(UnixSignal.Kill);
        await leader.Process.Exited;
    }

    private async Task<ElectorProcess> StartAsync(int candidate)
    {
        string identity = $"candidate-{++_made}";
        return _running[candidate] = await StartAsync(candidate, identity, command(identity));
    }

    /// <summary>The start of its work, as soon as there is one.</summary>
    private async Task<WorkLine> WorksAsync(ElectorProcess process)
    {
        WorkLine? start = null;
        await Polling.UntilAsync(
            () =>
            {
                start = process.Lines.Select(WorkLine.Parse).FirstOrDefault(line => line?.Kind == WorkLine.Start);
                return Task.FromResult(start is not null);
            },
            Patience,
            what: $"{process.Identity} to work");
        return start!;
    }
}
