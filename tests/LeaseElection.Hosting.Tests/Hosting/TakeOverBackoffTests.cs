using LeaseElection.Hosting.Configuration;

namespace LeaseElection.Hosting.Tests;

/// <summary>Where take-overs without a release are counted, and where they say nothing.</summary>
public sealed class TakeOverBackoffTests : HostTest
{
    [Theory]
    [InlineData(true, true, true)]
    [InlineData(false, true, false)]
    [InlineData(true, false, false)]
    public async Task Election_CountsThem_UnlessToldNotToOrAStopLooksLikeACrash(bool backoff, bool release, bool counts)
    {
        ElectionHost host = NewHost();
        host.AddElection(options => (options.TakeOverBackoff, options.ReleaseOnStop) = (backoff, release));

        await host.StartAsync();

        Assert.Equal(counts, ((LeaderElection)host.Election).Run!.Settings.TakeOverBackoff);
    }

    /// <summary>On a developer's machine, where whoever stops a debugger kills its process.</summary>
    [Fact]
    public async Task LeaseInAFile_DoesNotCountThem()
    {
        using var folder = new TemporaryFolder();
        ElectionHost host = NewHost();
        host.Services.Remove(host.Services.Single(service => service.ServiceType == typeof(IElectionStoreFactory)));
        host.AddElection(options => (options.Store, options.LeaseNamespace, options.File.Directory) = (LeaseStoreKind.File, "shop", folder.Path));

        await host.StartAsync();

        Assert.False(((LeaderElection)host.Election).Run!.Settings.TakeOverBackoff);
        await host.StopAsync();
    }
}
