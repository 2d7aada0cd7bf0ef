using System.Collections.Concurrent;
using LeaseElection.Testing;
using LeaseElection.Testing.Leases;
using LeaseElection.Testing.Time;

namespace LeaseElection.Hosting.Tests.Brokers;

/// <summary>A test with a clock that stands still, leases in memory, and any number of processes, which go with the test.</summary>
public abstract class BrokerTest : IAsyncLifetime
{
    /// <summary>The defaults.</summary>
    private protected static readonly TimeSpan LeaseDuration = TimeSpan.FromSeconds(15), RenewDeadline = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, FakeLeaseServer> _servers = new(StringComparer.Ordinal);
    private readonly List<BrokerProcess> _processes = [];

    private protected ManualTimeProvider Time { get; } = new();

    /// <summary>The lease that tests use when they need but one.</summary>
    private protected FakeLeaseServer Server => ServerOf("a");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (BrokerProcess process in _processes)
        {
            foreach (string lease in _servers.Keys)
            {
                process.StoreOf(lease).All(FakeFault.None);
                process.StoreOf(lease).DeliverLate();
            }

            Task disposing = process.DisposeAsync().AsTask();
            while (await Task.WhenAny(
                disposing, Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, CancellationToken.None)) != disposing)
                Time.Advance(TimeSpan.FromSeconds(1)); // Whoever still holds a lease is waited for.
            await disposing;
        }
    }

    private protected FakeLeaseServer ServerOf(string lease) => _servers.GetOrAdd(lease, _ => new FakeLeaseServer(Time));

    private protected BrokerProcess NewProcess(string identity = "me", Action<LeaderElectionOptions>? configureAll = null)
    {
        var process = new BrokerProcess(identity, ServerOf, Time, configureAll);
        _processes.Add(process);
        return process;
    }

    /// <summary>Somebody else takes the lease, as an elector of any client does.</summary>
    private protected void HoldBySomebodyElse(string holder = "other", int seconds = 15) => Server.Edit(record => record with
    {
        HolderIdentity = holder,
        LeaseDurationSeconds = seconds,
        AcquireTime = Time.GetUtcNow(),
        RenewTime = Time.GetUtcNow(),
        LeaseTransitions = (record.LeaseTransitions ?? 0) + 1,
    });

    private protected void ReleaseBySomebodyElse() => Server.Edit(record => record with { HolderIdentity = "", LeaseDurationSeconds = 1 });

    /// <summary>Lets time pass, at a hundred times its speed. For what ends whatever has happened by then.</summary>
    private protected async Task AdvanceUntilAsync(Func<bool> condition, Func<bool>? when = null)
    {
        using var patience = new CancellationTokenSource(Signal.Patience);
        while (!condition() && !patience.IsCancellationRequested)
        {
            if (when?.Invoke() is not false)
                Time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, CancellationToken.None);
        }

        Assert.True(condition());
    }

    /// <summary>What somebody is bound to do soon, and without the clock going on.</summary>
    private protected static async Task<T> SoonAsync<T>(Task<T> task) => await task.WaitAsync(Signal.Patience);
}
