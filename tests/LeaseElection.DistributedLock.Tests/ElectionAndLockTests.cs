using LeaseElection.Hosting;
using LeaseElection.Hosting.Tests;
using LeaseElection.Testing;
using LeaseElection.Testing.Election;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LeaseElection.DistributedLock.Tests;

/// <summary>A lock and an election on one Lease: who has the one waits for the other.</summary>
public sealed class ElectionAndLockTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Lock_OnTheLeaseOfAnElection_TheyExcludeEachOther()
    {
        using IHost locker = HostOf("LeaseLocks", services => services.AddLeaseLocks());
        LeaseLock one = locker.Services.GetRequiredService<LeaseLockProvider>().CreateLock("orders");
        using IHost elector = HostOf("LeaderElection", services => services.AddLeaderElection(options => options.LeaseName = "orders"));
        ILeaderElection election = elector.Services.GetRequiredService<ILeaderElection>();

        LeaseLockHandle handle = await one.AcquireAsync(Signal.Patience);
        await elector.StartAsync();
        await election.UntilAsync(status => status.HolderIdentity == handle.Term.Identity, Signal.Patience);
        Assert.False(election.IsLeader);
        await handle.DisposeAsync();

        LeadershipTerm term = await election.WaitForLeadershipAsync().WaitAsync(Signal.Patience);
        Assert.True(handle.FencingToken < term.FencingToken);
        Assert.Null(await one.TryAcquireAsync());
        Task<LeaseLockHandle> waiting = one.AcquireAsync().AsTask();
        await elector.StopAsync();

        await using LeaseLockHandle next = await waiting.WaitAsync(Signal.Patience);
        Assert.True(term.FencingToken < next.FencingToken);
    }

    /// <summary>In one host too: an election of the app and a lock that it takes.</summary>
    [Fact]
    public async Task Lock_InTheHostOfTheElection_TheyExcludeEachOther()
    {
        using IHost host = HostOf(
            "LeaseLocks",
            services =>
            {
                services.AddLeaseLocks();
                services.AddLeaderElection(options =>
                {
                    options.LeaseName = "orders";
                    options.LeaseNamespace = "shop";
                    options.Store = LeaseStoreKind.File;
                    options.File.Directory = _folder.Path;
                });
            });
        await host.StartAsync();
        await host.Services.GetRequiredService<ILeaderElection>().WaitForLeadershipAsync().WaitAsync(Signal.Patience);

        Assert.Null(await host.Services.GetRequiredService<LeaseLockProvider>().CreateLock("orders").TryAcquireAsync());
        await host.StopAsync();
    }

    private IHost HostOf(string section, Action<IServiceCollection> add)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration[section + ":Store"] = "File";
        builder.Configuration[section + ":LeaseNamespace"] = "shop";
        builder.Configuration[section + ":File:Directory"] = _folder.Path;
        add(builder.Services);
        return builder.Build();
    }
}
