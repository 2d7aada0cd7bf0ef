using LeaseElection.Testing.Journal;

namespace LeaseElection.Hosting.ClusterTests.Faults.Processes;

/// <summary>Blocks every thread that the thread pool has or gets: ten thousand pieces of work that wait for something.</summary>
internal static class Starvation
{
    private const int Blockers = 10_000;

    private static int _begun;

    /// <summary>Begins, once in a process, and ends after a time; says both.</summary>
    public static void Begin(TimeSpan time)
    {
        if (Interlocked.Exchange(ref _begun, 1) != 0)
            return;
        var over = new ManualResetEventSlim();
        for (int i = 0; i < Blockers; i++)
            ThreadPool.UnsafeQueueUserWorkItem(_ => over.Wait(), null);
        Console.Out.WriteLine($"starved {WorkJournal.Now}");
        var end = new Thread(() =>
        {
            over.Wait(time);
            over.Set();
            Console.Out.WriteLine($"fed {WorkJournal.Now} threads {ThreadPool.ThreadCount}");
        })
        {
            IsBackground = true,
        };
        end.Start();
    }
}
