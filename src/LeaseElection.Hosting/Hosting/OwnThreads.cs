namespace LeaseElection.Hosting;

/// <summary>
/// Runs what may block, and what must not wait for the thread pool, on threads of our own. However long one takes, the next does not wait
/// for it: as long as anything waits, a thread is about to begin. Most take no time, and one thread runs many of them: a process that
/// gives up hundreds of terms at once would otherwise start a thread for each, before it releases the first. Where no thread can be
/// started, the thread pool takes its place, and <see cref="Nudge"/> tries again: the pool may be what has no thread.
/// </summary>
/// <param name="start">Starts a thread.</param>
internal sealed class OwnThreads(Action<ThreadStart> start)
{
    public static readonly OwnThreads Shared = new(
        static run => new Thread(run) { IsBackground = true, Name = "LeaseElection" }.UnsafeStart());

    private readonly Lock _lock = new();
    private readonly Queue<(string Name, Action Run)> _waiting = [];
    private bool _beginning;

    /// <summary>Runs it soon, but not on the calling thread.</summary>
    /// <param name="name">What the thread is called meanwhile: an operator sees it in a dump of what hangs.</param>
    /// <param name="run">It must not throw.</param>
    public void Run(string name, Action run)
    {
        lock (_lock)
        {
            _waiting.Enqueue((name, run));
            if (_beginning)
                return;
            _beginning = true;
        }
        Start();
    }

    /// <summary>Tries again to have a thread for what still waits for one.</summary>
    /// <returns>Whether anything does.</returns>
    public bool Nudge()
    {
        lock (_lock)
        {
            if (_waiting.Count == 0)
                return false;
            if (_beginning)
                return true;
            _beginning = true;
        }
        Start();
        return true;
    }

    private void Start()
    {
        try
        {
            start(Work);
        }
#pragma warning disable CA1031 // Whatever it is, no thread is to be had (a limit of the container's), and those that wait must be run.
        catch (Exception)
#pragma warning restore CA1031
        {
            lock (_lock)
                _beginning = false; // The pool may have no thread either, and then the next one to ask must try again.
            ThreadPool.UnsafeQueueUserWorkItem(static threads => threads.Work(), this, preferLocal: false);
        }
    }

    private void Work()
    {
        var clean = ExecutionContext.Capture();
        lock (_lock)
            _beginning = false;
        while (TryTake(out (string Name, Action Run) next))
        {
            Thread.CurrentThread.Name = next.Name;
            next.Run();
            // What it has set is not for the next one.
            SynchronizationContext.SetSynchronizationContext(null);
            if (clean is not null)
                ExecutionContext.Restore(clean);
        }
    }

    private bool TryTake(out (string Name, Action Run) next)
    {
        bool startsAnother;
        lock (_lock)
        {
            if (!_waiting.TryDequeue(out next))
                return false;
            startsAnother = _waiting.Count > 0 && !_beginning;
            _beginning |= startsAnother;
        }
        if (startsAnother)
            Start();
        return true;
    }
}
