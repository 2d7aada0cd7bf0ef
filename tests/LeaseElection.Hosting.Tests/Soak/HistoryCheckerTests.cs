using LeaseElection.Soak.Checking;

namespace LeaseElection.Hosting.Tests;

/// <summary>The long run is worth what its checker finds: every kind of offence is found, and nothing that is none.</summary>
public sealed class HistoryCheckerTests
{
    private readonly SoakHistory _history = new();

    [Fact]
    public void Check_OneAfterTheOther_IsSoundAndCounted()
    {
        _history.Lines("start 0 a 7", "look 1 a 7", "act 1 a 7", "end 3 a 7", "start 5 b 9", "end 9 b 9", "start 9 b 10");

        Verdict verdict = _history.Calm(from: 3.5).Check();

        Assert.Empty(verdict.Violations);
        Assert.Equal((3, 1, 1), (verdict.Terms, verdict.HandOvers, verdict.Acts));
        Assert.Equal([SoakHistory.Seconds(2)], verdict.Gaps.Select(gap => gap.Length));
        Assert.Equal([SoakHistory.Seconds(1.5)], verdict.Recoveries);
    }

    [Fact]
    public void OfAll_SeveralElections_WhatEachShowsIsThere()
    {
        Verdict sound = new SoakHistory().Lines("start 0 a 7", "end 3 a 7", "start 5 b 9", "end 9 b 9").Check();
        Verdict unsound = new SoakHistory().Lines("start 0 a 7", "start 2 b 9", "end 3 a 7", "end 4 b 9").Check();

        Verdict both = Verdict.OfAll([sound, unsound]);

        Assert.StartsWith("election 1: ", Assert.Single(both.Violations).What, StringComparison.Ordinal);
        Assert.Equal((4, 2), (both.Terms, both.HandOvers));
        Assert.Equal(sound.Gaps.Concat(unsound.Gaps), both.Gaps);
    }

    [Theory]
    [InlineData("start 0 a 7", "start 2 b 9", "end 3 a 7", "end 4 b 9")]
    [InlineData("start 0 a 7", "start 2 b 9", "end 3 b 9", "end 4 a 7")]
    [InlineData("start 0 a 7", "start 2 b 9")]
    [InlineData("start 0 a 7", "end 2 a 7", "start 1.999 b 9")]
    [InlineData("start 0 a 7", "start 2 b 9", "end 3 b 9", "start 4 c 11", "end 5 c 11", "end 6 a 7")]
    public void Check_Overlap_IsFound(params string[] lines)
    {
        Assert.NotEmpty(_history.Lines(lines).Check().Overlaps);
    }

    [Fact]
    public void Check_KilledProcess_WorkedUntilThen()
    {
        _history.Lines("start 0 a 7", "start 6 b 9").Gone("a", 5.9);

        Assert.Empty(_history.Check().Violations);
        Assert.NotEmpty(_history.Gone("a", 6.1).Check().Overlaps);
    }

    [Theory]
    [InlineData("start 0 a 7", "end 2 a 7", "start 3 b 6", "end 4 b 6")]
    [InlineData("start 0 a 7", "end 2 a 7", "start 3 b 7", "end 4 b 7")]
    [InlineData("start 0 a 7", "end 1 a 7", "start 2 b 9", "end 3 b 9", "start 4 a 8", "end 5 a 8")]
    public void Check_TokenThatDoesNotGrow_IsFound(params string[] lines)
    {
        Assert.NotEmpty(_history.Lines(lines).Check().TokensBack);
    }

    [Fact]
    public void Check_WorkStartedAgainInItsTerm_IsNoNewTerm()
    {
        Verdict verdict = _history.Lines("start 0 a 7", "end 2 a 7", "start 3 a 7", "end 4 a 7").Check();

        Assert.Empty(verdict.Violations);
        Assert.Equal((1, 0), (verdict.Terms, verdict.HandOvers));
    }

    [Theory]
    [InlineData("look 6.5 a 7", "act 6.5 a 7")] // It believed to lead.
    [InlineData("look 5 a 7", "act 6.5 a 7")] // No pause long enough fell between: it was sure to lead when the lease had run out.
    public void Check_ActAfterALaterStart_IsFound(string look, string act)
    {
        _history.Lines("start 0 a 7", look, act, "end 6.6 a 7", "start 6 b 9").Paused("a", 0.5, 6.4);

        Assert.NotEmpty(_history.Check().LateActs);
    }

    [Fact]
    public void Check_ActThatAPauseHeldUp_IsForTheTokenToStop()
    {
        _history.Lines("start 0 a 7", "look 1 a 7", "act 6.5 a 7", "end 6.6 a 7", "start 6 b 9").Paused("a", 1, 6.4);

        Verdict verdict = _history.Check();

        Assert.Empty(verdict.Violations);
        Assert.Equal(1, verdict.FencedActs);
    }

    [Fact]
    public void Check_ActWhenNoWorkOfItsTermRan_IsFound()
    {
        WorkRun run = new(
            "a", new FencingToken(7), SoakHistory.Seconds(1), SoakHistory.Seconds(2),
            [new(SoakHistory.Seconds(3), SoakHistory.Seconds(3))]);

        Assert.NotEmpty(HistoryChecker.Check(new History([run], new Pauses([]), [], SoakHistory.Seconds(4)), SoakHistory.Rules).LateActs);
    }

    [Fact]
    public void Check_FrozenWhileASuccessorBegan_StopsLate()
    {
        Verdict verdict = _history.Lines("start 0 a 7", "end 8.5 a 7", "start 6 b 9").Paused("a", 1, 8).Paused("a", 1.1, 7.9).Check();

        Assert.Empty(verdict.Violations);
        Assert.Equal([SoakHistory.Seconds(0.5)], verdict.LateStops);
    }

    [Theory]
    [InlineData("a", 5, 6.5)] // Too short to explain that it still ran two seconds later.
    [InlineData("a", 0, 1)] // Over for so long that a renewal came after it.
    [InlineData("b", 1, 5.9)] // Another's.
    public void Check_PauseThatExplainsNothing_ExcusesNothing(string paused, double from, double to)
    {
        _history.Lines("start 0 a 7", "end 8.5 a 7", "start 6.2 b 9").Paused(paused, from, to);

        Assert.NotEmpty(_history.Check().Overlaps);
    }

    [Fact]
    public void Check_FrozenBeforeItsWorkBegan_StartsLate()
    {
        Verdict verdict = _history.Lines("start 6 b 9", "start 8.001 a 7", "end 8.4 a 7").Paused("a", 1, 8).Check();

        Assert.Empty(verdict.Violations);
        Assert.Equal((1, 1), (verdict.LateStarts, verdict.LateStops.Count));
    }

    [Fact]
    public void Check_CalmWithoutALeader_IsFound()
    {
        _history.Lines("start 0 a 7", "end 1 a 7", "start 12.5 b 9");

        Assert.Single(_history.Calm(from: 2).Calm(from: 3).Check().LeaderlessCalms);
    }

    [Fact]
    public void Check_NobodyEverLedAfterAFault_IsFound()
    {
        Assert.Single(_history.Lines("start 0 a 7", "end 1 a 7").Calm(from: 2).Check().LeaderlessCalms);
    }

    [Fact]
    public void Check_FrozenLeader_LeadsNobody()
    {
        Verdict verdict = _history.Lines("start 0 a 7").Paused("a", 2, 14).Calm(from: 2).Check();

        Assert.Equal([SoakHistory.Seconds(12)], verdict.Gaps.Select(gap => gap.Length));
        Assert.Single(verdict.LeaderlessCalms);
    }
}
