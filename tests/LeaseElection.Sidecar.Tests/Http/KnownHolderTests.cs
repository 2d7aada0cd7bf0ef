using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Time;
using LeaseElection.Sidecar.Http;
using LeaseElection.Testing.Time;

namespace LeaseElection.Sidecar.Tests.Http;

/// <summary>A standby that is cut off must not name an old leader for ever, which the old image did.</summary>
public sealed class KnownHolderTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly ElectionClock _clock;
    private readonly Hosting.LeaderElection _election = new("");

    public KnownHolderTests()
    {
        _clock = new ElectionClock(_time);
        var settings = ElectionSettings.Of(new LeaderElectionOptions(), "me", TimeSpan.FromSeconds(30));
        _election.Attach(new ElectionRun(new ElectionIdentityCard("shop", "settlement", "me"), settings, _clock), _ => Task.CompletedTask);
    }

    [Fact]
    public void Of_NothingSeenYet_Nobody() => Assert.Equal(new KnownHolder("", null, IsStale: false), KnownHolder.Of(_election));

    [Fact]
    public void Of_HolderHeardOf_NamedForAsLongAsItsLeaseLasts()
    {
        Publish("alice", seconds: 10);
        _time.Advance(TimeSpan.FromSeconds(9.999));
        Assert.Equal("alice", KnownHolder.Of(_election).Name);
        Assert.False(KnownHolder.Of(_election).IsStale);

        _time.Advance(TimeSpan.FromSeconds(0.002));
        KnownHolder stale = KnownHolder.Of(_election);
        Assert.Equal(("", true), (stale.Name, stale.IsStale));
        Assert.Equal(10.001, stale.AgeSeconds!.Value, 3);
        Assert.Equal("""{"name":""}""", LeaderName.Of(stale.Name));

        Publish("alice", seconds: 10);
        Assert.Equal("alice", KnownHolder.Of(_election).Name);
    }

    [Fact]
    public void Of_Released_Nobody()
    {
        Publish("", seconds: 1);
        Assert.Equal("", KnownHolder.Of(_election).Name);
        Assert.False(KnownHolder.Of(_election).IsStale);
    }

    [Fact]
    public void Of_OwnNameInTheRecordButNotLeading_Nobody()
    {
        Publish("me", seconds: 10);
        Assert.Equal(("", true), (KnownHolder.Of(_election).Name, KnownHolder.Of(_election).IsStale));
    }

    private void Publish(string holder, int seconds) => _election.Publish(
        new ElectionSnapshot
        {
            Record = new LeaseRecord { HolderIdentity = holder, LeaseDurationSeconds = seconds },
            RenewalSeenAt = _clock.Now.Monotonic,
        },
        term: null);
}
