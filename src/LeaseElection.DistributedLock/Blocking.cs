namespace LeaseElection.DistributedLock;

/// <summary>
/// Waits on the thread of a caller who cannot await. Nothing that it waits for may need that thread, so the context that the thread runs
/// in (that of a window, of a test framework) is taken away meanwhile: what awaits inside would else wait for whom we block.
/// </summary>
internal static class Blocking
{
    public static void Wait(Func<ValueTask> begin) => Wait(async () =>
    {
        await begin().ConfigureAwait(false);
        return true;
    });

    public static T Wait<T>(Func<ValueTask<T>> begin)
    {
        SynchronizationContext? context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return begin().AsTask().GetAwaiter().GetResult();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }
}
