using System.Runtime.CompilerServices;

namespace LeaseElection.Testing.ApiServer;

/// <summary>Waits for what another process does: it has nothing to await, so it is asked until a deadline.</summary>
internal static class Polling
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    public static Task UntilAsync(
        Func<Task<bool>> condition,
        TimeSpan deadline,
        CancellationToken cancellationToken = default,
        [CallerArgumentExpression(nameof(condition))] string what = "") => UntilAsync(condition, deadline, () => what, cancellationToken);

    /// <summary>The same, with what is to be said of it only when it has failed: what others have told by then.</summary>
    public static async Task UntilAsync(
        Func<Task<bool>> condition, TimeSpan deadline, Func<string> what, CancellationToken cancellationToken = default)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > deadline)
            {
                throw new TimeoutException($"not within {deadline.TotalSeconds:0.#} s: {what()}");
            }

            await Task.Delay(Interval, TimeProvider.System, cancellationToken);
        }
    }
}
