using LeaseElection.Testing;

namespace LeaseElection.Hosting.Testing.Tests;

/// <summary>What a test of an app must find: work that goes on although another replica works already.</summary>
[Collection(nameof(WholeProcess))]
public sealed class TwoAtOnceTests
{
    private readonly FencedResource _resource = new("ledger") { Patience = Signal.Patience };

    [Fact]
    public async Task WorkIgnoresItsToken_StandbyTakesOver_IsSeenByTheResource()
    {
        var leases = new InMemoryLeases();
        var ignoring = new FencedWork(_resource) { Obeys = false };
        await using FakeReplica a = await FakeReplica.StartAsync(ignoring, leases, "a");
        await using FakeReplica b = await FakeReplica.StartAsync(new FencedWork(_resource), leases, "b");
        await a.Fake.LeadAsync();
        await _resource.UsedAsync().WaitAsync(Signal.Patience);
        a.Fake.Patience = b.Fake.Patience = TimeSpan.FromSeconds(0.5); // For work that ignores its token, not for the way there.

        a.Fake.Inject(LeaseFault.NoConnection);
        await leases.AdvanceAsync(TimeSpan.FromSeconds(14));
        Assert.Equal(1, ignoring.Running);
        _resource.Verify();
        await leases.AdvanceAsync(TimeSpan.FromSeconds(2));
        await _resource.UsedAsync(2).WaitAsync(Signal.Patience);

        InvalidOperationException seen = Assert.Throws<InvalidOperationException>(_resource.Verify);
        Assert.StartsWith("Two terms use the ledger at once: the term of a with token ", seen.Message, StringComparison.Ordinal);
        Assert.Contains("(lost) has not ended its use, and the term of b with token ", seen.Message, StringComparison.Ordinal);
        ignoring.End();
        Environment.ExitCode = 0; // The host was stopped for what its work does, which is not for this process to answer for.
    }

    [Fact]
    public async Task UsedAsync_NobodyUsesIt_FailsAndSaysSo()
    {
        _resource.Patience = TimeSpan.FromMilliseconds(50);

        TimeoutException failure = await Assert.ThrowsAsync<TimeoutException>(() => _resource.UsedAsync());

        Assert.StartsWith(
            "The ledger was used 0 times within 0.1 s, and not 1: the work was not begun", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Use_TwoTermsAtOnce_IsRefusedAndRemembered()
    {
        using IDisposable use = _resource.Use(LeadershipTerms.Create().Term);

        Assert.Throws<InvalidOperationException>(() => _resource.Use(LeadershipTerms.Create().Term));

        Assert.Throws<InvalidOperationException>(_resource.Verify);
    }

    [Fact]
    public void Use_ByAnEarlierTermAfterALaterOne_IsRefusedAndRemembered()
    {
        (LeadershipTerm earlier, LeadershipTerm later) = (LeadershipTerms.Create().Term, LeadershipTerms.Create().Term);
        _resource.Use(earlier).Dispose();
        _resource.Use(later).Dispose();
        _resource.Verify();

        InvalidOperationException refusal = Assert.Throws<InvalidOperationException>(() => _resource.Use(earlier));

        Assert.Contains($"although token {later.FencingToken} has", refusal.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(_resource.Verify);
        Assert.Equal([earlier.FencingToken, later.FencingToken], _resource.Tokens);
    }

    [Fact]
    public void Use_OfOneTermManyTimesAndAtOnce_IsFine()
    {
        LeadershipTerm term = LeadershipTerms.Create().Term;

        using (_resource.Use(term))
        using (_resource.Use(term))
            _resource.Use(term).Dispose();

        _resource.Verify();
        Assert.Equal((3, term.FencingToken), (_resource.Uses, Assert.Single(_resource.Tokens)));
    }
}
