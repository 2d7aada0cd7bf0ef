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

    private protected TestWork Work { get; } = new();

    public virtual Task InitializeAsync() => Task.CompletedTask;

    public virtual async Task DisposeAsync()
    {
        // Work that disobeys must not hold up the test that taught it to.
        Work.Return();
        foreach (ElectionHost host in _hosts)
            await host.DisposeAsync();
    }

    private protected ElectionHost NewHost(string identity = "me")
    {
        var host = new ElectionHost(Server, identity);
        _hosts.Add(host);
        return host;
    }
}
