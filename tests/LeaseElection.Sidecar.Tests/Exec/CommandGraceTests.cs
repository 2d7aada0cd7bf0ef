using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Time;
using LeaseElection.Sidecar.Exec;
using LeaseElection.Testing.Time;

namespace LeaseElection.Sidecar.Tests.Exec;

/// <summary>Of a lease of 10 s: deadline 6 s after a renewal; a command has 20 s while it is held, and 3 s once it is lost.</summary>
public sealed class CommandGraceTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly ElectionClock _clock;
    private readonly LeadershipTerm _term;
    private readonly CommandGrace _grace;

    public CommandGraceTests()
    {
        _clock = new ElectionClock(_time);
        var card = new ElectionIdentityCard("shop", "settlement", "me");
        _term = new LeadershipTerm(
            card, new TermFacts(Transitions: 1, _time.GetUtcNow(), "7", new FencingToken(7)), Renewal(), _clock,
            (_, _, _) => Task.CompletedTask);
        _grace = new CommandGrace(_term, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(3), _clock);
    }

    /// <summary>Nothing is renewed any more, and it is told at some time.</summary>
    [Theory]
    [InlineData(0, 20)]
    [InlineData(5.9, 20)]
    [InlineData(6, 3)]
    [InlineData(7, 2)]
    [InlineData(9, 0)]
    [InlineData(60, 0)]
    public void Left_ToldSoLongAfterTheRenewal_IsThatOfTheTerm(double toldAt, double left)
    {
        Pass(toldAt);
        _grace.Begin();
        Assert.Equal(left, Left(), 3);
    }

    [Fact]
    public void Left_RenewedWhileItStops_IsThePatienceOfWhoRunsIt()
    {
        _grace.Begin();
        for (int seconds = 1; seconds <= 20; seconds++)
        {
            Pass(1);
            _term.Extend(Renewal());
            Assert.Equal(20 - seconds, Left(), 3);
        }
    }

    [Fact]
    public void Left_LostWhileItStops_EndsBeforeAnotherMayLead()
    {
        _grace.Begin();
        Pass(5);
        Assert.Equal(15, Left(), 3);
        Pass(2);
        Assert.Equal(2, Left(), 3);
        Pass(2);
        Assert.Equal(0, Left());
    }

    [Fact]
    public void Left_TakenBySomebodyElseWhileItStops_CountsFromThen()
    {
        _grace.Begin();
        Pass(1);
        _term.End();
        Assert.Equal(3, Left(), 3);
        Pass(2);
        Assert.Equal(1, Left(), 3);
        Pass(2);
        Assert.Equal(0, Left());
    }

    [Fact]
    public void Left_InDoubtAndRenewedAfterAll_IsAsBefore()
    {
        _grace.Begin();
        Pass(6.5);
        Assert.Equal(2.5, Left(), 3);
        _term.Extend(Renewal());
        Assert.Equal(13.5, Left(), 3);
    }

    private TermValidity Renewal() => TermValidity.From(_clock.Now, TimeSpan.FromSeconds(6));

    private void Pass(double seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));

    private double Left() => _grace.Left().TotalSeconds;
}
