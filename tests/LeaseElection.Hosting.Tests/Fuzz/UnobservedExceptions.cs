using System.Collections.Concurrent;

namespace LeaseElection.Hosting.Tests.Fuzz;

/// <summary>Exceptions of tasks that nobody awaited, of this process, from now on: those that come out of the library.</summary>
internal sealed class UnobservedExceptions : IDisposable
{
    private readonly ConcurrentQueue<string> _seen = new();

    public UnobservedExceptions() => TaskScheduler.UnobservedTaskException += Note;

    /// <summary>They show when the garbage collector finds the tasks.</summary>
    public IReadOnlyCollection<string> Collect()
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        return [.. _seen];
    }

    public void Dispose() => TaskScheduler.UnobservedTaskException -= Note;

    // Other tests run beside this one, and may leave tasks on purpose.
    private void Note(object? sender, UnobservedTaskExceptionEventArgs unobserved)
    {
        if (unobserved.Exception.ToString() is var text && text.Contains("LeaseElection.Hosting.Kubernetes", StringComparison.Ordinal))
            _seen.Enqueue(text);
    }
}
