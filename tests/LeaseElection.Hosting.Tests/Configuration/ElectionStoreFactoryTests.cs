using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Leases;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LeaseElection.Hosting.Tests.Configuration;

/// <summary>That what is opened around an election is where the election is.</summary>
public sealed class ElectionStoreFactoryTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly LeaderElectionRegistration Registration = new("", Section: null);
    private static readonly LeaseRecord Held = new() { HolderIdentity = "a", LeaseDurationSeconds = 15 };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task OpenLeases_FileStore_SameFolderAndNamespace()
    {
        using IHost host = Build();
        OpenedStore opened = await OpenAsync(host, InFiles());
        await using ILeaseStore own = opened.Store;
        await using ILeaseStoreSource leases = opened.OpenLeases();

        Lease created = Assert.IsType<LeaseReply.Found>(await own.CreateAsync(Held, Patience, default)).Lease;

        Assert.Equal(created.Uid, Assert.IsType<LeaseReply.Found>(await leases.Open("orders").ReadAsync(Patience, default)).Lease.Uid);
    }

    [Fact]
    public async Task OpenLeases_AppDescribesTheConnection_AskedOnce()
    {
        int asked = 0;
        using IHost host = Build(builder => builder.UseKubernetesConnection("the test", (_, _) =>
        {
            asked++;
            return new(new KubernetesApiConnection { Server = new Uri("https://10.0.0.1:6443"), Namespace = "shop" });
        }));
        OpenedStore opened = await OpenAsync(host, new LeaderElectionOptions { LeaseName = "orders" });
        await using ILeaseStore own = opened.Store;
        await using ILeaseStoreSource first = opened.OpenLeases();
        await using ILeaseStoreSource second = opened.OpenLeases();

        Assert.Equal("leases in shop at https://10.0.0.1:6443", first.Description);
        Assert.Equal("leases of orders in shop at https://10.0.0.1:6443", second.OpenGroup("orders").Description);
        Assert.Equal("lease shop/lock at https://10.0.0.1:6443", first.Open("lock").Description);
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task OpenLeases_Disabled_AloneInMemory()
    {
        using IHost host = Build();
        OpenedStore opened = await OpenAsync(host, new LeaderElectionOptions { Enabled = false, LeaseName = "orders" });
        await using ILeaseStoreSource leases = opened.OpenLeases();
        ILeaseGroup group = leases.OpenGroup("orders");

        await group.Open("orders-0", LeaseTraits.None).CreateAsync(Held, Patience, default);

        LeaseGroupReply.Found listed = Assert.IsType<LeaseGroupReply.Found>(await group.ListAsync(Patience, default));
        Assert.Equal("orders-0", Assert.Single(listed.Leases).Key);
    }

    [Fact]
    public async Task OpenLeasesAsync_WithoutALeaseName_ByTheSameRules()
    {
        using IHost host = Build();
        LeaderElectionOptions options = InFiles();
        options.LeaseName = null;
        options.Identity = "me";
        var factory = host.Services.GetRequiredService<IElectionStoreFactory>();

        OpenedLeases opened = await factory.OpenLeasesAsync(Registration, options, default);
        await using ILeaseStoreSource leases = opened.Leases;

        Assert.Equal(("shop", "me"), (opened.LeaseNamespace, opened.Identity));
        Assert.Equal($"leases in {Path.Combine(_folder.Path, "shop")}", leases.Description);
    }

    [Fact]
    public async Task OpenLeasesAsync_NoStoreIsMeant_Refused()
    {
        using IHost host = Build();
        var options = new LeaderElectionOptions { Store = LeaseStoreKind.Kubernetes };
        options.Kubernetes.KubeConfig = Path.Combine(_folder.Path, "none");
        var factory = host.Services.GetRequiredService<IElectionStoreFactory>();

        await Assert.ThrowsAsync<LeaseStoreConfigurationException>(() => factory.OpenLeasesAsync(Registration, options, default).AsTask());
    }

    private LeaderElectionOptions InFiles()
    {
        var options = new LeaderElectionOptions { Store = LeaseStoreKind.File, LeaseName = "orders", LeaseNamespace = "shop" };
        options.File.Directory = _folder.Path;
        return options;
    }

    private static IHost Build(Action<LeaderElectionBuilder>? configure = null)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        LeaderElectionBuilder election = builder.Services.AddLeaderElection();
        configure?.Invoke(election);
        return builder.Build();
    }

    private static Task<OpenedStore> OpenAsync(IHost host, LeaderElectionOptions options) =>
        host.Services.GetRequiredService<IElectionStoreFactory>().OpenAsync(Registration, options, default).AsTask();
}
