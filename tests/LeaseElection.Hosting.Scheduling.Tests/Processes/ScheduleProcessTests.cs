using System.Globalization;
using LeaseElection.Testing;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Hosting.Scheduling.Processes;

/// <summary>Something to do every second, on three replicas whose leader is stopped and killed again and again.</summary>
[Collection(ApiServerFixture.Collection)]
public sealed class ScheduleProcessTests(ApiServerFixture fixture, ITestOutputHelper output) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly int HandOvers = LongForm.IsAskedFor ? 100 : 6;
    private static readonly int Kills = LongForm.IsAskedFor ? 20 : 2;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();
    private readonly List<ReplicaProcess> _all = [];
    private readonly List<ReplicaProcess> _running = [];

    public void Dispose() => _folder.Delete(recursive: true);

    [ApiServerFact]
    public async Task EverySecond_ThroughHandOversAndKills_IsRunOnceOrAccountedFor()
    {
        string leaseNamespace = await fixture.Server.CreateNamespaceAsync();
        ApiServerUser user = await fixture.Server.CreateUserAsync(leaseNamespace, PolicyRule.Leases("get", "create", "update", "watch"));
        try
        {
            for (int i = 0; i < 3; i++)
                await AddAsync(user, leaseNamespace);
            for (int i = 0; i < HandOvers + Kills; i++)
            {
                ReplicaProcess leader = await LeaderAsync(_all.Sum(replica => replica.Runs.Count));
                leader.Send(i % ((HandOvers / Kills) + 1) == 0 ? UnixSignal.Kill : UnixSignal.Terminate);
                await leader.Exited.WaitAsync(Patience);
                _running.Remove(leader);
                await AddAsync(user, leaseNamespace);
            }

            await LeaderAsync(_all.Sum(replica => replica.Runs.Count));
        }
        finally
        {
            foreach (ReplicaProcess replica in _all)
                await replica.DisposeAsync();
        }

        Judge([.. _all.SelectMany(replica => replica.Runs).OrderBy(run => run.DueAt)]);
    }

    private void Judge(SeenRun[] runs)
    {
        Assert.Equal(runs.Length, runs.Select(run => run.DueAt).Distinct().Count());

        // Noted by a process that was killed, or had lost its term, before it began: what AtMostOnce is at most.
        List<string> left = [];
        long noted = 0;
        foreach ((SeenRun before, SeenRun run) in runs.Zip(runs[1..]))
        {
            long between = run.DueAt - before.DueAt - 1;
            if (run.Previous != before.DueAt)
                noted++;
            else
                Assert.Equal(between, run.Missed);
            if (between > 0)
                left.Add(
                    $"{between} before {DateTimeOffset.FromUnixTimeSeconds(run.DueAt):T}, {run.Missed} of them missed while nobody led");
        }

        TimeSpan[] late = [.. runs.Where(run => run.Missed == 0).Select(run => run.Late).Order()];
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{HandOvers} hand-overs by SIGTERM, {Kills} by SIGKILL: {runs.Length} runs, none twice; {runs.Sum(run => run.Missed)} due "
                + $"times missed "
            + $"while nobody led, {noted} noted and never begun; late by {late[late.Length / 2].TotalMilliseconds:0} ms (median), "
            + $"{late[^1].TotalMilliseconds:0} ms (most)"));
        left.ForEach(output.WriteLine);
        Assert.InRange(noted, 0, Kills);
    }

    private async Task AddAsync(ApiServerUser user, string leaseNamespace)
    {
        string identity = string.Create(CultureInfo.InvariantCulture, $"replica-{_all.Count:000}");
        ReplicaProcess replica = await ReplicaProcess.StartAsync(fixture.Server, user, leaseNamespace, _folder, identity);
        _all.Add(replica);
        _running.Add(replica);
        await replica.SeesALeaderAsync(Patience);
    }

    /// <summary>Whoever of those that run has run something after so many runs.</summary>
    private async Task<ReplicaProcess> LeaderAsync(int runs)
    {
        ReplicaProcess? leader = null;
        await Polling.UntilAsync(
            () =>
            {
                SeenRun? last = _all.SelectMany(replica => replica.Runs).MaxBy(run => run.DueAt);
                leader = _running.Find(replica => replica.Identity == last?.Identity);
                return Task.FromResult(leader is not null && _all.Sum(replica => replica.Runs.Count) > runs);
            },
            Patience,
            what: "somebody to run what is due every second");
        return leader!;
    }
}
