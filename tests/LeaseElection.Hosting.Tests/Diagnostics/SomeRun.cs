using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Time;

namespace LeaseElection.Hosting.Tests;

/// <summary>An election that has not begun, with every setting at its default.</summary>
internal static class SomeRun
{
    public static ElectionRun On(TimeProvider time)
    {
        ElectorSettings settings = ElectionSettings.Of(new LeaderElectionOptions(), "me", TimeSpan.FromSeconds(30));
        return new ElectionRun(new ElectionIdentityCard("shop", "settlement", "me"), settings, new ElectionClock(time));
    }
}
