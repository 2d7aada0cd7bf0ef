using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Time;

namespace LeaseElection.Hosting;

/// <summary>
/// Keeps the terms of this process while its thread pool has no thread for their loops: code of the app blocks all it has and gets. One
/// thread, there only as long as that lasts, does what the pool should. It is not the watchdog's own: a term ends at its deadline
/// whatever becomes of this.
/// </summary>
/// <param name="terms">What is to be kept.</param>
/// <param name="logger">Is told of each starvation.</param>
/// <param name="longest">How long it keeps them while the pool does not move at all; <see langword="null"/>: a minute.</param>
/// <param name="prompt">
/// Within what a pool that works runs what it is given, unless the machine is busy; <see langword="null"/>: 250 ms.
/// </param>
internal sealed class PoolRescue(
    Func<IReadOnlyList<IRescuable>> terms, GuardedLogger logger, TimeSpan? longest = null, TimeSpan? prompt = null)
{
    /// <summary>
    /// A pool that has run nothing for so long will most likely never again (a deadlock), and work that cannot get on must not keep others
    /// from it: the terms are left to their deadlines.
    /// </summary>
    private readonly TimeSpan _longest = longest ?? TimeSpan.FromMinutes(1);
    private readonly TimeSpan _prompt = prompt ?? TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);

    private readonly TimeProvider _time = SuspendAwareTimeProvider.Instance;
    private int _running;

    /// <summary>Whether nothing is under way, and the pool has worked since there was.</summary>
    public bool IsIdle => Volatile.Read(ref _running) == 0;

    /// <summary>Something is stuck. Returns at once; does nothing while a rescue is under way, or one that has given up waits.</summary>
    public void Begin()
    {
        if (Interlocked.Exchange(ref _running, 1) != 0)
            return;
        try
        {
            new Thread(Run) { IsBackground = true, Name = "LeaseElection rescue", Priority = ThreadPriority.AboveNormal }.UnsafeStart();
        }
        catch (OutOfMemoryException)
        {
            // The system gives no more threads; the next look tries again.
            Volatile.Write(ref _running, 0);
        }
    }

    private void Run()
    {
        long begun = _time.GetTimestamp();
        bool told = false;
        for (ManualResetEventSlim ping = Ping(); !ping.Wait(_prompt); ping = Ping())
        {
            if (!TryKeep(ping, ref told))
            {
                logger.PoolRescueEnded(_longest.TotalSeconds);
                ThreadPool.UnsafeQueueUserWorkItem(_ => End(begun, told: true), null);
                return;
            }
        }

        End(begun, told);
    }

    private void End(long begun, bool told)
    {
        if (told)
            logger.PoolRecovered(Math.Round(_time.GetElapsedTime(begun).TotalSeconds, 1));
        Volatile.Write(ref _running, 0);
    }

    /// <returns>Whether the pool got to the ping.</returns>
    private bool TryKeep(ManualResetEventSlim ping, ref bool told)
    {
        long asked = _time.GetTimestamp();
        do
        {
            if (_time.GetElapsedTime(asked) > _longest)
                return false;
            foreach (IRescuable term in terms())
                term.Rescue();
            if (!told)
                logger.PoolStarved(_longest.TotalSeconds); // After the first round: what writes logs may itself need the pool.
            told = true;
        }
        while (!ping.Wait(Pace));
        return true;
    }

    private static ManualResetEventSlim Ping()
    {
        var ping = new ManualResetEventSlim(); // Never disposed of: the pool may come to it at any time, and it holds nothing.
        ThreadPool.UnsafeQueueUserWorkItem(_ => ping.Set(), null);
        return ping;
    }
}
