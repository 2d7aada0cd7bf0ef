using LeaseElection.Hosting.Diagnostics;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Tests.Diagnostics;

public sealed class GuardedLoggerTests
{
    [Fact]
    public void SinkThrows_NoneOfItsMethodsDoes()
    {
        using var sink = new ThrowingLoggerProvider { ThrowsAlways = true };
        var logger = new GuardedLogger(sink);

        Assert.Null(logger.BeginScope("scope"));
        Assert.True(logger.IsEnabled(LogLevel.Debug)); // Else a sink that fails now and then would lose lines that it can write.
        logger.WorkStarted("Work", "shop", "settlement");
    }

    [Theory]
    [InlineData(LogLevel.Debug, false)]
    [InlineData(LogLevel.Information, true)]
    public void SinkWorks_SaysWhetherItIsEnabled(LogLevel level, bool enabled)
    {
        using ILoggerFactory factory = LoggerFactory.Create(logging =>
            logging.SetMinimumLevel(LogLevel.Information).AddProvider(new LeaseElection.Testing.Logging.ListLoggerProvider()));

        Assert.Equal(enabled, new GuardedLogger(factory.CreateLogger("LeaseElection")).IsEnabled(level));
    }
}
