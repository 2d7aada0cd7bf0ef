using Microsoft.Extensions.Logging;

namespace LeaseElection.Sidecar.Logging;

/// <summary>One line on stderr for each message: stdout belongs to the name of the leader, or to the command.</summary>
internal sealed class StderrLoggerProvider(TimeProvider time) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new StderrLogger(time);

    public void Dispose()
    {
        // Nothing is held: stderr is the process's.
    }
}
