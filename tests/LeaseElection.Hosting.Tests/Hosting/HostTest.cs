using LeaseElection.Hosting.Leases;
using LeaseElection.Testing;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Leases;
using LeaseElection.Testing.Time;

namespace LeaseElection.Hosting.Tests;

/// <summary>A test with one lease, a clock that stands still, and any number of hosts, which go with the test.</summary>
public abstract class HostTest : IAsyncLifetime
{
    private readonly List<ElectionHost> _hosts = [];

    private protected HostTest() => Server = new FakeLeaseServer(Time);

    private protected ManualTimeProvider Time { get; } = new();

    private protected FakeLeaseServer Server { get; }

    /// <summary>The leases around that of the election, which all hosts see.</summary>
    private protected ILeaseStoreSource Leases { get; set; } = new MemoryLeases("leases in memory");

    private protected TestWork Work { get; } = new();

    public virtual Task InitializeAsync() => Task.CompletedTask;

    public virtual async Task DisposeAsync()
    {
        // Work that disobeys must not hold up the test that taught it to.
        Work.Return();
        foreach (ElectionHost host in _hosts)
        {
            host.Store.All(FakeFault.None);
            host.Store.DeliverLate();
            Task disposing = host.DisposeAsync().AsTask();
            while (await Task.WhenAny(
                disposing, Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, CancellationToken.None)) != disposing)
                Time.Advance(TimeSpan.FromSeconds(1)); // A request that failed is waiting for its retry.
            await disposing;
        }
    }

    private protected ElectionHost NewHost(string identity = "me")
    {
        var host = new ElectionHost(Server, identity, leases: Leases);
        _hosts.Add(host);
        return host;
    }

    /// <summary>
    /// Lets the time of one renewal pass, and waits for it. That it was written is not enough: on a busy machine the next step would come
    /// before its answer, and make that too late.
    /// </summary>
    private protected async Task RenewAsync()
    {
        int renewed = Renewals();
        Time.Advance(TimeSpan.FromSeconds(3));
        await Polling.UntilAsync(() => Task.FromResult(Renewals() > renewed), Signal.Patience, what: "a renewal that was answered");

        int Renewals() => _hosts.Sum(host => host.Logs.Named("Renewed").Count);
    }

    /// <summary>
    /// Lets time pass for those who do not lead, at a hundred times its speed: whoever leads would lose its term to a clock that runs
    /// away from it, and a request that is under way its reply. For what ends whatever has happened by then.
    /// </summary>
    private protected async Task AdvanceUntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Signal.Patience);
        while (!condition() && !patience.IsCancellationRequested)
        {
            Time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, CancellationToken.None);
        }

        Assert.True(condition());
    }
}
