using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Kubernetes.Announcing;
using LeaseElection.Hosting.Time;
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
        foreach (IAsyncDisposable announcer in Enumerable.Reverse(_announcers))
            await announcer.DisposeAsync();
        await Server.DisposeAsync();
    }

    private protected LeaseEventPublisher NewPublisher()
    {
        AnnouncementSender sender = Own(
            new AnnouncementSender(new StoreSetup(Server).Connection, Time, Logs.CreateLogger("test"), shared: true));
        return Own(new LeaseEventPublisher(sender, Card, new ElectionClock(Time), Logs.CreateLogger("test")));
    }

    private protected LeaderPodLabel NewLabel() => Own(new LeaderPodLabel(
        new StoreSetup(Server).Connection, new PodIdentity("pods", "me"), Card, new ElectionClock(Time), TimeSpan.FromSeconds(0.5),
        Logs.CreateLogger("test")));

    /// <summary>
    /// Lets the time pass that a request has which meets a fault, if it hangs, and the pause after it. Never while a request is under way
    /// that shall succeed: the machine may need longer for it than the clock.
    /// </summary>
    /// <param name="request">Which request of all that the server has received.</param>
    /// <param name="kind">What it meets.</param>
    /// <param name="pause">What follows, to the millisecond.</param>
    private protected async Task FailAsync(int request, FaultKind kind, TimeSpan pause)
    {
        await Server.ReceivedAsync(request);
        if (kind == FaultKind.Hang)
            Time.Advance(AnnouncementSender.RequestTimeout);
        await Time.AdvanceOnceArmedAsync(pause);
    }

    private static ElectionIdentityCard Card => new("shop", "settlement", "me_abcdefgh");

    private T Own<T>(T announcer)
        where T : IAsyncDisposable
    {
        _announcers.Add(announcer);
        return announcer;
    }
}
