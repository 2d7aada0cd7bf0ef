using LeaseElection.Hosting.Kubernetes.Announcing;
using LeaseElection.Testing.FakeApiServer;
using LeaseElection.Testing.Logging;
using LeaseElection.Testing.Time;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Tests.Kubernetes.Announcing;

/// <summary>A test with a fake API server, a clock that stands still, and whoever announces to that server by that clock.</summary>
public abstract class AnnouncerTest : IAsyncLifetime
{
    private readonly List<IAsyncDisposable> _announcers = [];

    private protected FakeKubeApiServer Server { get; private set; } = null!;

    private protected ManualTimeProvider Time { get; } = new();

    private protected ListLoggerProvider Logs { get; } = new();

    private protected IReadOnlyList<LogEntry> Warnings => [.. Logs.Entries.Where(entry => entry.Level >= LogLevel.Warning)];

    public async Task InitializeAsync() => Server = await FakeKubeApiServer.StartAsync();

    public async Task DisposeAsync()
    {
        foreach (IAsyncDisposable announcer in _announcers)
            await announcer.DisposeAsync();
        await Server.DisposeAsync();
    }

    private protected LeaseEventPublisher NewPublisher() =>
        Own(new LeaseEventPublisher(new StoreSetup(Server).Connection, Card, new ElectionClock(Time), Logs.CreateLogger("test")));

    private protected LeaderPodLabel NewLabel() => Own(new LeaderPodLabel(
        new StoreSetup(Server).Connection, new PodIdentity("pods", "me"), Card, new ElectionClock(Time), TimeSpan.FromSeconds(0.5),
        Logs.CreateLogger("test")));

    /// <summary>Lets time pass in small steps, as it does, until it is so.</summary>
    private protected async Task AdvanceUntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        while (!condition())
        {
            Time.Advance(TimeSpan.FromMilliseconds(20));
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, patience.Token);
        }
    }

    private static ElectionIdentityCard Card => new("shop", "settlement", "me_abcdefgh");

    private T Own<T>(T announcer)
        where T : IAsyncDisposable
    {
        _announcers.Add(announcer);
        return announcer;
    }
}
