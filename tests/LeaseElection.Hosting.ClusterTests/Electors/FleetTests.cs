using LeaseElection.Testing;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Electors;
using LeaseElection.Testing.Journal;
using Xunit.Abstractions;

namespace LeaseElection.Hosting.ClusterTests.Electors;

/// <summary>
/// Two of ours, two of client-go's, today's and of old, one of KubernetesClient's and one of the Python client's, all of them processes,
/// on one lease.
/// </summary>
[Collection(WaitingElectors.Name)]
public sealed class FleetTests(ApiServerFixture fixture, ITestOutputHelper output)
{
    private static readonly int HandOvers = LongForm.IsAskedFor ? 12 : 10; // Five of them by one kind alone, and each kind is to lead.
    private static readonly ElectorTimings Timings = new(5, 3, 0.5);
    private static readonly ElectorTimings Python = new(6, 3, 1);

    private static readonly string[] Kinds = ["client-go", "client-go-0.20", "kubernetes-client", "ours", "python"];
    private static readonly string[] Fleet = ["ours", .. Kinds];

    private readonly Findings _findings = new(output);
    private readonly List<ElectorProcess> _running = [];

    [ElectorFact]
    public async Task Fault39_MixedFleet_LeaderStoppedAndKilledInTurn_NobodyEverLeadsBesideAnother()
    {
        await using Contest contest = await Contest.StartAsync(fixture.Server);
        await JoinAsync(contest, Fleet);
        WorkSpan leader = await contest.SpanAsync(_ => true, "a first leader");
        List<string> wereAlone = [];
        for (int i = 0; i < HandOvers; i++)
        {
            // Every other time all may follow, else one kind only: of all, ours is nearly always the fastest and Python the slowest.
            string? alone = i % 2 == 1 ? Kinds.Except(wereAlone).FirstOrDefault(kind => kind != KindOf(leader.Identity)) : null;
            if (alone is not null)
                wereAlone.Add(alone);
            ElectorProcess[] leaving =
            [
                .. _running.Where(process =>
                    alone is not null && KindOf(process.Identity) != alone && process.Identity != leader.Identity),
                _running.Single(process => process.Identity == leader.Identity),
            ];
            foreach (ElectorProcess process in leaving)
                await LeaveAsync(process, contest, kill: process.Identity == leader.Identity && i % 4 > 1);

            WorkSpan last = leader;
            leader = await contest.SpanAsync(span => span.Token > last.Token, $"a leader after {last}");
            await JoinAsync(contest, leaving.Select(process => KindOf(process.Identity)));
            await Task.WhenAll(
                _running.Where(process => process.Identity != leader.Identity).Select(process => process.SeesAsync(leader.Identity)));
        }

        WorkReport report = contest.AssertSound();
        output.WriteLine(string.Join('\n', contest.Journal.Spans.Select(span => $"{span.Identity} {span.Token}")));
        IEnumerable<string> led = contest.Journal.Spans.Select(span => KindOf(span.Identity)).Distinct();
        Assert.Equal(HandOvers, report.HandOvers);
        Assert.Equal(Kinds, led.Order());
        Assert.Equal(HandOvers, await contest.Lease.TransitionsAsync());
        _findings.Within(
            TimeSpan.Zero,
            report.LongestGap,
            Python.Lease + Timings.SlowestPoll + Findings.Slack,
            $"longest time without a leader in {HandOvers} hand-overs of {string.Join(", ", Fleet)}, no overlap");
    }

    private static string KindOf(string identity) => identity[..identity.LastIndexOf('-')];

    private async Task JoinAsync(Contest contest, IEnumerable<string> kinds)
    {
        foreach (string kind in kinds)
        {
            _running.Add(kind == "ours"
                ? await contest.OurProcessAsync(Timings)
                : await contest.TheirsAsync(kind, kind == "python" ? Python : Timings));
        }
    }

    private async Task LeaveAsync(ElectorProcess process, Contest contest, bool kill)
    {
        _running.Remove(process);
        if (kill)
            await process.KillAsync(contest.Journal);
        else
            await process.TerminateAsync();
    }
}
