using System.Globalization;
using LeaseElection.Testing;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Electors;
using LeaseElection.Testing.Journal;
using Xunit.Abstractions;

namespace LeaseElection.Hosting.ClusterTests.Electors;

/// <summary>How fast client-go and we hand over to each other, and what each asks of the API server, all with 15/10/2 seconds.</summary>
[Collection(WaitingElectors.Name)]
public sealed class HandOverFigureTests(ApiServerFixture fixture, ITestOutputHelper output)
{
    private static readonly int Rounds = LongForm.IsAskedFor ? 10 : 5;
    private static readonly ElectorTimings Timings = new(15, 10, 2);
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(12);

    private readonly Findings _findings = new(output);

    [ElectorFact]
    public async Task Fault39_HandOversEachWay_EachIsFastAndCountedOnce()
    {
        await using Contest contest = await Contest.StartAsync(fixture.Server);
        List<TimeSpan> toUs = [], toThem = [];
        ElectorProcess theirs = await contest.ClientGoAsync(Timings);
        WorkSpan their = await contest.StartsAsync(theirs.Identity);
        for (int round = 0; round < Rounds; round++)
        {
            OwnCandidate ours = await contest.OursAsync(Timings.Apply);
            await ours.SeesAsync(theirs.Identity);

            // Not while it renews: it would give its release a version that its own renewal has just replaced, and the server refuse it.
            await theirs.WritesAsync();
            Assert.Contains("left released", await theirs.TerminateAsync());
            WorkSpan our = await contest.StartsAsync(ours.Identity);
            toUs.Add((await contest.EndsAsync(their)).Until(our));

            theirs = await contest.ClientGoAsync(Timings);
            await theirs.SeesAsync(ours.Identity);

            // At any phase of its sleep.
            await Task.Delay(Timings.Retry * Random.Shared.NextDouble(), TimeProvider.System, CancellationToken.None);
            await ours.StopAsync();
            their = await contest.StartsAsync(theirs.Identity);
            toThem.Add((await contest.EndsAsync(our)).Until(their));
        }

        Assert.Equal(2 * Rounds, await contest.Lease.TransitionsAsync());
        WorkReport report = contest.AssertSound();
        Assert.Equal((2 * Rounds) + 1, report.Terms);
        Tell("client-go to ours", toUs);
        Tell("ours to client-go", toThem);
        _findings.Within(TimeSpan.Zero, toUs.Max(), Timings.Retry, "client-go to ours, slowest");
        _findings.Within(TimeSpan.Zero, toThem.Max(), Timings.SlowestPoll + Findings.Slack, "ours to client-go, slowest");
    }

    /// <summary>Three replicas of each while nothing happens, by the API server's own count.</summary>
    [ElectorFact]
    public async Task IdleFleets_OursAsksLess()
    {
        double their = await IdleRateAsync(contest => contest.ClientGoAsync(Timings));
        double our = await IdleRateAsync(contest => contest.OursAsync(Timings.Apply));
        string figures = string.Create(CultureInfo.InvariantCulture, $"client-go {their:0.00}/s, ours {our:0.00}/s");
        _findings.Tell("requests on the lease of three idle replicas: ours at most half of client-go's", figures);
        Assert.True(our <= their / 2, figures);
    }

    private async Task<double> IdleRateAsync(Func<Contest, Task> joinAsync)
    {
        await using Contest contest = await Contest.StartAsync(fixture.Server);
        for (int i = 0; i < 3; i++)
            await joinAsync(contest);
        await contest.SpanAsync(_ => true, "a leader");

        // Whoever has just started asks more; that is not what is measured.
        await Task.Delay(Timings.Retry, TimeProvider.System, CancellationToken.None);
        IReadOnlyDictionary<string, double> before = await fixture.Server.CountLeaseRequestsAsync();
        await Task.Delay(IdleTime, TimeProvider.System, CancellationToken.None);
        IReadOnlyDictionary<string, double> after = await fixture.Server.CountLeaseRequestsAsync();
        return (after.Values.Sum() - before.Values.Sum()) / IdleTime.TotalSeconds;
    }

    private void Tell(string way, List<TimeSpan> times)
    {
        double[] sorted = [.. times.Select(time => time.TotalMilliseconds).Order()];
        double median = (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{way}, {sorted.Length} times, ms: median {median:0}, least {sorted[0]:0}, most {sorted[^1]:0}"));
    }
}
