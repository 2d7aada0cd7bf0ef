using LeaseElection.Testing.Time;

namespace LeaseElection.Hosting.Tests;

public sealed class LeadershipTermSourceTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Term_Made_IsHeldAndSaysWhatItWasMadeOf()
    {
        LeadershipTerm term = New().Term;

        Assert.True(term.IsHeld);
        Assert.Equal(("app", "shop", "me", 7), (term.LeaseName, term.LeaseNamespace, term.Identity, term.Transitions));
        Assert.Equal((new FencingToken(42), _time.GetUtcNow()), (term.FencingToken, term.AcquiredAt));
        _time.Advance(TimeSpan.FromDays(400));
        Assert.True(term.IsHeld);
    }

    [Fact]
    public void Lose_Registered_HasRunWhenItReturnsAndFindsTheTermLost()
    {
        LeadershipTermSource source = New();
        bool? held = null;
        source.Token.Register(() => held = source.Term.IsHeld);

        source.Lose();
        source.Lose();

        Assert.False(held);
        Assert.Throws<LeadershipLostException>(source.Term.ThrowIfLost);
    }

    [Fact]
    public void Stop_Held_TellsWorkAndStaysHeld()
    {
        LeadershipTermSource source = New();

        source.Stop();

        Assert.True(source.Token.IsCancellationRequested);
        Assert.True(source.Term.IsHeld);
    }

    [Fact]
    public void Endanger_Registered_HasRunWhenItReturns_AndRenewEndsTheDanger()
    {
        LeadershipTermSource source = New();
        bool? held = null;
        source.Term.InDanger.Register(() => held = source.Term.IsHeld);

        source.Endanger();

        Assert.True(held);
        Assert.True(source.Term.InDanger.IsCancellationRequested);
        Assert.False(source.Token.IsCancellationRequested);
        source.Renew(TimeSpan.FromSeconds(5));
        Assert.False(source.Term.InDanger.IsCancellationRequested);
    }

    [Fact]
    public void ValidFor_TimePasses_IsNotHeldUntilRenewed()
    {
        LeadershipTermSource source = New(TimeSpan.FromSeconds(10));

        _time.Advance(TimeSpan.FromSeconds(11));
        Assert.False(source.Term.IsHeld);
        source.Renew(TimeSpan.FromSeconds(5));
        _time.Advance(TimeSpan.FromSeconds(4));

        Assert.True(source.Term.IsHeld);
    }

    [Fact]
    public void FencingToken_None_ThrowsAsOfATermWithoutOne() =>
        Assert.Throws<InvalidOperationException>(() => new LeadershipTermSource(null, "app", "shop", "me").Term.FencingToken);

    private LeadershipTermSource New(TimeSpan? validFor = null) => new(new FencingToken(42), "app", "shop", "me", 7, validFor, _time);
}
