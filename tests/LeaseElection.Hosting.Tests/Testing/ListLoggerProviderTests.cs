using LeaseElection.Testing.Logging;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Tests;

public sealed class ListLoggerProviderTests
{
    private static readonly EventId Started = new(7, "Started");

    [Fact]
    public async Task WaitForAsync_MessageLoggedLater_IsTheMessage()
    {
        using var logs = new ListLoggerProvider();
        ILogger logger = logs.CreateLogger("category");
        Task<LogEntry> second = logs.WaitForAsync("Started", 2);

        logger.Log(LogLevel.Warning, Started, "first", null, (state, _) => state);
        Assert.False(second.IsCompleted);
        logger.Log(LogLevel.Error, Started, "second", null, (state, _) => state);

        Assert.Equal(new LogEntry("category", LogLevel.Error, Started, "second", null), await second);
        Assert.Equal(["first", "second"], logs.Named("Started").Select(entry => entry.Message));
        Assert.Empty(logs.Named("Stopped"));
    }
}
