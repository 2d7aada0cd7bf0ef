using LeaseElection.Hosting.Election;
using LeaseElection.Sidecar.Exec;
using LeaseElection.Testing.Time;

namespace LeaseElection.Sidecar.Tests.Exec;

public sealed class CommandGraceTests
{
    /// <summary>Of a lease of 10 s: deadline after 6 s, grace 3 s.</summary>
    [Theory]
    [InlineData(0, 3)]
    [InlineData(5.9, 3)]
    [InlineData(6, 3)]
    [InlineData(7, 2)]
    [InlineData(9, 0)]
    [InlineData(60, 0)]
    public void Left_SoLongAfterTheRenewal_EndsBeforeAnotherMayLead(double seconds, double left)
    {
        var time = new ManualTimeProvider();
        var clock = new ElectionClock(time);
        var card = new ElectionIdentityCard("shop", "settlement", "me");
        var term = new LeadershipTerm(
            card, new TermFacts(Transitions: 1, time.GetUtcNow(), "7", new FencingToken(7)), TermValidity.From(clock.Now, TimeSpan.FromSeconds(6)), clock);
        time.Advance(TimeSpan.FromSeconds(seconds));
        Assert.Equal(left, new CommandGrace(TimeSpan.FromSeconds(3), clock).Left(term).TotalSeconds, 3);
    }
}
