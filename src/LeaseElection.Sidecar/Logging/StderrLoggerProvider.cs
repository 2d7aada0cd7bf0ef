using Microsoft.Extensions.Logging;

namespace LeaseElection.Sidecar.Logging;

/// <summary>One line on stderr for each message: stdout belongs to the name of the leader, or to the command.</summary>
internal sealed class StderrLoggerProvider(TimeProvider time) : ILoggerProvider
{
    private readonly StderrWriter _stderr = new(Console.Error);

    public ILogger CreateLogger(string categoryName) => new StderrLogger(time, _stderr);

    public void Dispose() => _stderr.Dispose();
}
