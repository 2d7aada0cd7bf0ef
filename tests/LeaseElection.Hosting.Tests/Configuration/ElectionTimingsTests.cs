using LeaseElection.Hosting.Configuration;

namespace LeaseElection.Hosting.Tests;

public class ElectionTimingsTests
{
    [Fact]
    public void From_Defaults_DerivesWhatFollowsFromTheLease()
    {
        Assert.Equal(
            new ElectionTimings(
                LeaseDuration: TimeSpan.FromSeconds(15), RenewDeadline: TimeSpan.FromSeconds(10), RenewInterval: TimeSpan.FromSeconds(3),
                RetryPeriod: TimeSpan.FromSeconds(2), StopTimeout: TimeSpan.FromSeconds(5)),
            ElectionTimings.From(new LeaderElectionOptions()));
    }

    [Fact]
    public void From_EverythingSet_TakesWhatWasSet()
    {
        var options = new LeaderElectionOptions
        {
            LeaseDuration = TimeSpan.FromSeconds(60),
            RenewDeadline = TimeSpan.FromSeconds(40),
            RenewInterval = TimeSpan.FromSeconds(7),
            RetryPeriod = TimeSpan.FromSeconds(9),
            StopTimeout = TimeSpan.FromSeconds(11),
        };

        Assert.Equal(
            new ElectionTimings(
                options.LeaseDuration, options.RenewDeadline, TimeSpan.FromSeconds(7), options.RetryPeriod, TimeSpan.FromSeconds(11)),
            ElectionTimings.From(options));
    }

    [Theory]
    [InlineData(1, 0.8, 0.4)]
    [InlineData(4, 2.5, 1)]
    [InlineData(15, 5, 2.5)]
    [InlineData(3600, 3599, 720)]
    [InlineData(15, 0.2, 0.1)]
    public void DefaultRenewInterval_AnyLegalDeadline_LeavesRoomForTwoAttempts_AndASecondIfItCan(
        double lease, double deadline, double expected)
    {
        Assert.Equal(
            TimeSpan.FromSeconds(expected),
            ElectionTimings.DefaultRenewInterval(TimeSpan.FromSeconds(lease), TimeSpan.FromSeconds(deadline)));
    }
}
