using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Election;
using Microsoft.Extensions.Options;

namespace LeaseElection.Hosting.Tests;

/// <summary>Where take-overs without a release are counted, and where the next one waits longer for them.</summary>
public sealed class TakeOverBackoffTests : HostTest
{
    [Theory]
    [InlineData(false, true, true)]
    [InlineData(true, true, true)]
    [InlineData(false, false, false)]
    public async Task Election_CountsThem_UnlessAStopLooksLikeACrash_AndWaitsWhereAsked(bool backoff, bool release, bool counts)
    {
        ElectionHost host = NewHost();
        host.AddElection(options => (options.TakeOverBackoff, options.ReleaseOnStop) = (backoff, release));

        await host.StartAsync();

        ElectorSettings settings = ((LeaderElection)host.Election).Run!.Settings;
        Assert.Equal((counts, backoff), (settings.CountTakeOvers, settings.TakeOverBackoff));
    }

    [Fact]
    public async Task Election_NothingIsReleased_TheWaitIsRefused()
    {
        ElectionHost host = NewHost();
        host.AddElection(options => (options.TakeOverBackoff, options.ReleaseOnStop) = (true, false));

        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(host.StartAsync);

        Assert.Equal(
            "LeaderElection:TakeOverBackoff is true, but must be false where ReleaseOnStop is false, "
                + "because a stop cannot be told from a crash there: "
            + "remove one of them.", Assert.Single(error.Failures));
    }

    /// <summary>On a developer's machine, where whoever stops a debugger kills its process.</summary>
    [Fact]
    public async Task LeaseInAFile_DoesNotCountThem()
    {
        using var folder = new TemporaryFolder();
        ElectionHost host = NewHost();
        host.Services.Remove(host.Services.Single(service => service.ServiceType == typeof(IElectionStoreFactory)));
        host.AddElection(
            options => (options.Store, options.LeaseNamespace, options.File.Directory) = (LeaseStoreKind.File, "shop", folder.Path));

        await host.StartAsync();

        Assert.False(((LeaderElection)host.Election).Run!.Settings.CountTakeOvers);
        await host.StopAsync();
    }
}
