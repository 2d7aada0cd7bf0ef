namespace LeaseElection.Hosting.Members;

/// <summary>Waits by the clock of the elections.</summary>
internal static class Alarm
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>Ends after so much time, a day at most, or when the token fires. It never throws.</summary>
    /// <remarks>
    /// The timer is set when it has been made, as those of the loops are. One that is made to fire is a time limit to the testing kit,
    /// which lets no time pass before what is under way has ended.
    /// </remarks>
    public static async Task WaitAsync(TimeProvider time, TimeSpan pause, CancellationToken cancellationToken)
    {
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ITimer timer = time.CreateTimer(_ => over.TrySetResult(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        await using (timer.ConfigureAwait(false))
        {
            CancellationTokenRegistration cancelled = cancellationToken.UnsafeRegister(_ => over.TrySetResult(), null);
            await using (cancelled.ConfigureAwait(false))
            {
                TimeSpan rounded = TimeSpan.FromMilliseconds(Math.Ceiling(Math.Max(pause.TotalMilliseconds, 0)));
                timer.Change(rounded < Longest ? rounded : Longest, Timeout.InfiniteTimeSpan);
                await over.Task.ConfigureAwait(false);
            }
        }
    }
}
