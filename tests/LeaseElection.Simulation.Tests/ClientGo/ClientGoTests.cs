using System.Globalization;

namespace LeaseElection.Simulation.Tests;

/// <summary>
/// The positive control: a simulator that did not see the overlaps of client-go would prove nothing by seeing none of ours.
/// </summary>
public sealed class ClientGoTests
{
    /// <summary>As many as the table is made of: fewer do not come near the longest overlap.</summary>
    private const int Runs = ClientGoReport.UsualRuns;

    private const int OurRuns = 100;

    public static TheoryData<string> Situations => [.. LeaseCases.All.Select(situation => situation.Name)];

    [Theory]
    [MemberData(nameof(Situations))]
    public void A_situation_comes_out_as_published_for_client_go_and_with_one_leader_for_us(string name) =>
        Assert.Empty(LeaseTrial.Run(Case(name), Runs, OurRuns).Problems);

    [Fact]
    public void The_table_has_the_thirteen_situations_and_names_each_that_we_refuse()
    {
        var text = new StringWriter(CultureInfo.InvariantCulture);

        ClientGoReport.Write(text, runs: 1);

        Assert.Equal(13, LeaseCases.All.Count);
        Assert.All(LeaseCases.All, situation => Assert.Contains($"| {situation.Name} ", text.ToString(), StringComparison.Ordinal));
        Assert.Contains("LeaseDuration is 00:00:15.9, but must be whole seconds", text.ToString(), StringComparison.Ordinal);
        Assert.Contains("RenewDeadline is 00:00:15, but must be", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_seed_is_the_same_run_for_client_go_and_for_us()
    {
        LeaseCase situation = Case("2/1.5/0.2, hang");
        int seed = Enumerable.Range(1, 1000).First(seed => ClientGoRun.Play(situation, seed).Work.HadTwo);

        Assert.Equal(ClientGoRun.Play(situation, seed).Work.Longest, ClientGoRun.Play(situation, seed).Work.Longest);
        Assert.NotEqual(TimeSpan.Zero, ClientGoRun.Play(situation, seed).Work.Longest);
    }

    [Fact]
    public void How_often_a_standby_polls_before_the_leader_renews_is_what_arithmetic_says()
    {
        // The leader renews r after the deletion, r even over its 2 s. A standby polls every 2 to 4.4 s, so by
        // then with a chance of r / 3.2.
        double expected = 100 * (1 - (0.5 * 3.2 / 4 * (1 - Math.Pow(1.2 / 3.2, 4))));

        LeaseFigures figures = LeaseFigures.Of(Runs, seed => ClientGoRun.Play(Case("15/10/2, lease deleted"), seed));

        Assert.InRange(figures.Percent, expected - 5, expected + 5); // Three standard errors are 4.6 points.
    }

    [Fact]
    public void A_deadline_that_our_options_refuse_would_be_seen_to_give_two_leaders_here_too()
    {
        LeaseCase situation = Case("15/10/2, hang");
        Hosting.Election.ElectorSettings unsafeOnes = OurSettings.Of(situation) with { RenewDeadline = TimeSpan.FromSeconds(17) };

        LeaseFigures figures = LeaseFigures.Of(20, seed => OurRun.Play(situation, unsafeOnes, seed));

        Assert.Equal(20, figures.WithTwo);
        Assert.NotNull(LeaseVerdict.OfUs(figures));
    }

    [Fact]
    public void Figures_that_are_too_small_too_large_or_too_rare_are_not_taken_for_a_reproduction()
    {
        LeaseCase situation = Case("15/10/2, ReleaseOnCancel, hang, request timeout 5 s");

        Assert.Null(Verdict(situation, share: 48, seconds: 1.95));
        Assert.Contains("published 2.00 s", Verdict(situation, share: 48, seconds: 1.75), StringComparison.Ordinal);
        Assert.Contains("more than the algorithm allows", Verdict(situation, share: 48, seconds: 2.1), StringComparison.Ordinal);
        Assert.Contains("published 48 %", Verdict(situation, share: 37, seconds: 1.95), StringComparison.Ordinal);
        Assert.Contains("published none", Verdict(Case("15/10/2, hang"), share: 1, seconds: 0.1), StringComparison.Ordinal);
    }

    private static string? Verdict(LeaseCase situation, int share, double seconds) => LeaseVerdict.OfClientGo(
        situation,
        LeaseFigures.Of(100, seed =>
        {
            var work = new WorkTimes();
            work.Set(seed <= share ? 2 : 1, TimeSpan.Zero);
            work.Set(1, TimeSpan.FromSeconds(seconds));
            return new LeaseRun(work);
        }));

    private static LeaseCase Case(string name) => LeaseCases.All.Single(situation => situation.Name == name);
}
