using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Election;
using LeaseElection.Testing.Leases;
using LeaseElection.Testing.Time;

namespace LeaseElection.Hosting.Tests.Configuration;

public sealed class ElectionSettingsTests
{
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(30);

    /// <summary>The last of many that are given up at once waits for all others.</summary>
    [Theory]
    [InlineData(1, 10, 2)]
    [InlineData(50, 10, 2)]
    [InlineData(350, 10, 5)]
    [InlineData(5000, 10, 10)] // By then another may have it.
    [InlineData(5000, 1, 2)]
    public void Of_ManyLeases_EachHasTimeForTheReleaseOfAll(int leases, int renewDeadline, int releaseWithin)
    {
        var options = new LeaderElectionOptions { RenewDeadline = TimeSpan.FromSeconds(renewDeadline) };

        ElectorSettings settings = ElectionSettings.Of(options, "me", ShutdownTimeout, leases: leases);

        Assert.Equal(TimeSpan.FromSeconds(releaseWithin), settings.ReleaseWithin);
        Assert.Equal(ShutdownTimeout - settings.ReleaseWithin, settings.DrainTimeout);
    }

    [Theory]
    [InlineData(null, 2000)]
    [InlineData(49, 2010)]
    public async Task Host_OfTwoElections_CountsBothAndThePartitions(int? partitions, int releaseWithin)
    {
        await using var host = new ElectionHost(new FakeLeaseServer(new ManualTimeProvider()));
        LeaderElectionBuilder a = host.AddElection("a", options => options.LeaseName = "a");
        if (partitions is { } count)
            a.AddPartitionedWork((_, _, _, _) => Task.CompletedTask, count);
        host.AddElection("b", options => options.LeaseName = "b");

        await host.StartAsync();

        Assert.Equal(TimeSpan.FromMilliseconds(releaseWithin), ((LeaderElection)host.Keyed("a")).Run!.Settings.ReleaseWithin);
    }
}
