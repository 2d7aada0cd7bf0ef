using LeaseElection.Hosting;

namespace LeaseElection.Testing.Journal;

/// <summary>One piece of leader work, from its start to its end, by the clock that all processes of the machine share.</summary>
/// <param name="Identity">Who worked.</param>
/// <param name="Token">The fencing token of the term.</param>
/// <param name="Start">When it began, a timestamp of <see cref="TimeProvider.System"/>.</param>
/// <param name="End">When it had ended; <see langword="null"/>: it still runs.</param>
public sealed record WorkSpan(string Identity, FencingToken Token, long Start, long? End)
{
    /// <summary>How long both ran; zero when one had ended before the other began.</summary>
    public TimeSpan OverlapWith(WorkSpan other)
    {
        long begin = Math.Max(Start, other.Start);
        long end = Math.Min(End ?? long.MaxValue, other.End ?? long.MaxValue);
        if (end == long.MaxValue)
            return Timeout.InfiniteTimeSpan;
        return end > begin ? TimeProvider.System.GetElapsedTime(begin, end) : TimeSpan.Zero;
    }

    /// <summary>How long nobody worked between the end of this and the start of the next; negative when they overlapped.</summary>
    public TimeSpan Until(WorkSpan next) =>
        TimeProvider.System.GetElapsedTime(End ?? throw new InvalidOperationException($"{this} has not ended."), next.Start);
}
