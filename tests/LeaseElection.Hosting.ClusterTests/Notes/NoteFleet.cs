using System.Globalization;
using LeaseElection.Hosting.ClusterTests.Electors;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Electors;

namespace LeaseElection.Hosting.ClusterTests.Notes;

/// <summary>Three processes that count, of which one leads, and one more for each that ends.</summary>
internal sealed class NoteFleet(Contest contest, ElectorTimings timings)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<ElectorProcess> _processes = [];

    public async Task FillAsync()
    {
        while (_processes.Count < 3)
            _processes.Add(await contest.OurProcessAsync(timings, NotingCandidate.Command));
    }

    /// <summary>Waits for a term after this one that has confirmed a number, and returns what it found and whose it is.</summary>
    public async Task<(ElectorProcess Leader, Said Found)> LeadsAsync(UInt128 after)
    {
        (ElectorProcess, Said)? leads = null;
        await Polling.UntilAsync(
            () =>
            {
                foreach (ElectorProcess process in _processes)
                {
                    Said? found = SaidBy(process, "found").FirstOrDefault(said => said.Token > after);
                    if (found is not null && SaidBy(process, "confirmed").Any(said => said.Token >= found.Token))
                        leads = (process, found);
                }

                return Task.FromResult(leads is not null);
            },
            Patience);
        return leads!.Value;
    }

    /// <summary>Ends the process, and returns the last number that it had said to be confirmed.</summary>
    public async Task<Said> EndAsync(ElectorProcess process, UnixSignal signal)
    {
        if (signal == UnixSignal.Kill)
            await process.KillAsync(contest.Journal);
        else
            await process.TerminateAsync();
        _processes.Remove(process);
        return SaidBy(process, "confirmed").Last();
    }

    /// <summary>What a process has said to be found or confirmed, oldest first.</summary>
    private static IEnumerable<Said> SaidBy(ElectorProcess process, string what) =>
        from line in process.Lines
        let words = line.Split(' ')
        where words is [_, _, _] && words[0] == what
        select new Said(
            long.Parse(words[1], CultureInfo.InvariantCulture),
            UInt128.Parse(words[2].TrimStart('0').PadLeft(1, '0'), CultureInfo.InvariantCulture));

    /// <param name="Count">The number.</param>
    /// <param name="Token">The fencing token of the term that said it.</param>
    internal sealed record Said(long Count, UInt128 Token);
}
