using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeaseElection.Hosting.Testing.Hosts;

/// <summary>
/// Which work of one host runs, by name, as its elections log it: their log ids are part of what they promise, and nothing else that is
/// public names work. An app whose log goes past the providers among its services is told no names.
/// </summary>
internal sealed class RunningWork : ILoggerProvider, ILogger
{
    public const string Category = "LeaseElection.Hosting.LeaderElection";

    private const int Started = 300;
    private const int FirstEnd = 301, LastEnd = 304; // It stopped, returned, failed, or failed while it was stopping.

    private readonly Lock _gate = new();
    private readonly List<(object? LeaseNamespace, object? LeaseName, object? Work)> _running = [];

    /// <summary>The names of the pieces that have not ended; empty when they are not known.</summary>
    public string Of(string leaseNamespace, string leaseName)
    {
        lock (_gate)
        {
            return string.Join(", ", _running
                .Where(run => leaseNamespace.Equals(run.LeaseNamespace) && leaseName.Equals(run.LeaseName))
                .Select(run => run.Work));
        }
    }

    public ILogger CreateLogger(string categoryName) => categoryName == Category ? this : NullLogger.Instance;

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Id is not (>= Started and <= LastEnd) || state is not IReadOnlyList<KeyValuePair<string, object?>> values)
            return;
        var run = (ValueOf("LeaseNamespace"), ValueOf("LeaseName"), ValueOf("Work"));
        lock (_gate)
        {
            if (eventId.Id >= FirstEnd)
                _running.Remove(run);
            else
                _running.Add(run);
        }

        object? ValueOf(string name) => values.FirstOrDefault(value => value.Key == name).Value;
    }

    public void Dispose()
    {
        // The host may go before the test that asks why.
    }
}
