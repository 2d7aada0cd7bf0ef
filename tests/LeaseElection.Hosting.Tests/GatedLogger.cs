using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Tests;

/// <summary>A log that nobody drains: who writes the event of this name waits until the gate is opened.</summary>
internal sealed class GatedLogger<T>(string name) : ILogger<T>, IDisposable
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _open = new();

    public Task Reached => _reached.Task;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Name != name)
            return;
        _reached.TrySetResult();
        _open.Wait();
    }

    public void Open() => _open.Set();

    public void Dispose() => _open.Dispose();
}
