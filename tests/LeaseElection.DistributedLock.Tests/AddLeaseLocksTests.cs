using LeaseElection.Hosting;
using LeaseElection.Hosting.Tests;
using LeaseElection.Testing;
using Medallion.Threading;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace LeaseElection.DistributedLock.Tests;

/// <summary>What <c>AddLeaseLocks()</c> registers, how it is configured, and what it refuses.</summary>
public sealed class AddLeaseLocksTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly HostApplicationBuilder _builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());

    public AddLeaseLocksTests() => Configure("LeaseLocks", "Store=File", "LeaseNamespace=shop", $"File:Directory={_folder.Path}");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task AddLeaseLocks_Twice_OneProviderUnderEachName()
    {
        _builder.Services.AddLeaseLocks();
        _builder.Services.AddLeaseLocks();
        using IHost host = _builder.Build();

        LeaseLockProvider locks = Assert.Single(host.Services.GetServices<LeaseLockProvider>());
        Assert.Same(locks, Assert.Single(host.Services.GetServices<IDistributedLockProvider>()));
        Assert.Same(locks, host.Services.GetRequiredKeyedService<IDistributedLockProvider>("LeaseLocks"));
        await (await locks.CreateLock("orders").AcquireAsync(Signal.Patience)).DisposeAsync();
        Assert.True(File.Exists(Path.Combine(_folder.Path, "shop", "orders", "lease.json")));
    }

    [Fact]
    public void AddLeaseLocks_AnotherProviderIsThere_ItStays()
    {
        var other = new LeaseLockProvider(new NoBroker());
        _builder.Services.AddSingleton<IDistributedLockProvider>(other);
        _builder.Services.AddLeaseLocks();
        using IHost host = _builder.Build();

        Assert.Same(other, Assert.Single(host.Services.GetServices<IDistributedLockProvider>()));
        Assert.NotSame(other, host.Services.GetRequiredService<LeaseLockProvider>());
    }

    [Fact]
    public async Task AddLeaseLocks_WithASectionOfItsOwn_ExcludesNobodyElse()
    {
        Configure("TenantLocks", "Store=File", "LeaseNamespace=tenants", $"File:Directory={_folder.Path}");
        _builder.Services.AddLeaseLocks();
        _builder.Services.AddLeaseLocks("TenantLocks");
        using IHost host = _builder.Build();
        IDistributedLockProvider tenants = host.Services.GetRequiredKeyedService<IDistributedLockProvider>("TenantLocks");

        await using IDistributedSynchronizationHandle one =
            await host.Services.GetRequiredService<IDistributedLockProvider>().AcquireLockAsync("orders", Signal.Patience);
        await using IDistributedSynchronizationHandle? other = await tenants.TryAcquireLockAsync("orders");

        Assert.NotNull(other);
        Assert.Equal("tenants", Assert.IsType<LeaseLockHandle>(other).Term.LeaseNamespace);
    }

    [Fact]
    public async Task AddLeaseLocks_ConfiguredByCode_CodeHasTheLastWord()
    {
        _builder.Services.AddLeaseLocks(options => options.Identity = "me");
        using IHost host = _builder.Build();

        await using LeaseLockHandle handle =
            await host.Services.GetRequiredService<LeaseLockProvider>().CreateLock("orders").AcquireAsync(Signal.Patience);

        Assert.Equal(("shop", "orders", "me"), (handle.Term.LeaseNamespace, handle.Term.LeaseName, handle.Term.Identity));
    }

    [Fact]
    public void AddLeaseLocks_Null_IsRefused()
    {
        Assert.Throws<ArgumentNullException>(() => LeaseLockServiceCollectionExtensions.AddLeaseLocks(null!));
        Assert.Throws<ArgumentNullException>(() => _builder.Services.AddLeaseLocks((Action<LeaderElectionOptions>)null!));
        Assert.Throws<ArgumentNullException>(() => _builder.Services.AddLeaseLocks("Locks", null!));
        Assert.Throws<ArgumentNullException>(() => new LeaseLockProvider(null!));
    }

    [Theory]
    [InlineData("LeaseDuratoin=00:00:10", "LeaseLocks:LeaseDuratoin", "LeaseDuration")]
    [InlineData("LeaseDuration=10", "LeaseLocks:LeaseDuration", "00:00:10")]
    [InlineData("RenewDeadline=00:01:00", "LeaseLocks:RenewDeadline", "LeaseDuration")]
    [InlineData("LeaseNamespace=Shop", "LeaseLocks:LeaseNamespace", "RFC 1123")]
    public async Task Setting_Wrong_HostDoesNotStartAndLocksAreRefused(string setting, params string[] told)
    {
        Configure("LeaseLocks", setting);
        _builder.Services.AddLeaseLocks();
        using IHost host = _builder.Build();

        var atStart = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
        Assert.All(told, text => Assert.Contains(text, atStart.Message, StringComparison.Ordinal));
        var withoutAHost = await Assert.ThrowsAsync<OptionsValidationException>(
            async () => await host.Services.GetRequiredService<LeaseLockProvider>().CreateLock("orders").AcquireAsync());
        Assert.Equal(atStart.Message, withoutAHost.Message);
    }

    private void Configure(string section, params string[] settings)
    {
        foreach (string[] setting in settings.Select(setting => setting.Split('=', 2)))
            _builder.Configuration[$"{section}:{setting[0]}"] = setting[1];
    }

    private sealed class NoBroker : ILeaseBroker
    {
        public ValueTask<HeldLease?> TryAcquireAsync(string leaseName, TimeSpan timeout, CancellationToken cancellationToken = default) =>
            default;
    }
}
