using LeaseElection.Hosting.Configuration;

namespace LeaseElection.Hosting.Tests;

public class ElectionIdentityTests
{
    [Fact]
    public void Resolve_Configured_IsTakenAsItIs() =>
        Assert.Equal(
            "me", ElectionIdentity.Resolve(new LeaderElectionOptions { Identity = "me" }, TestEnvironment.With(("POD_NAME", "pod-1"))));

    [Fact]
    public void Resolve_InAPod_IsThePodWithARandomEnd() =>
        Assert.Matches(
            "^pod-1_[a-z0-9]{8}$", ElectionIdentity.Resolve(new LeaderElectionOptions(), TestEnvironment.With(("POD_NAME", "pod-1"))));

    [Fact]
    public void Resolve_OnAMachine_IsTheHostWithARandomEnd() =>
        Assert.Matches("^laptop_[a-z0-9]{8}$", ElectionIdentity.Resolve(new LeaderElectionOptions(), TestEnvironment.With()));

    [Fact]
    public void Resolve_AThousandTimes_NeverRepeats()
    {
        var identities = Enumerable.Range(0, 1000).Select(
            _ => ElectionIdentity.Resolve(new LeaderElectionOptions(), TestEnvironment.With()));

        Assert.Equal(1000, identities.Distinct().Count());
    }
}
