using LeaseElection.Hosting.Election;

namespace LeaseElection.Hosting.Time;

/// <summary>Reads both clocks of a <see cref="TimeProvider"/>; the monotonic one counts from when this was made.</summary>
internal sealed class ElectionClock(TimeProvider timeProvider)
{
    private readonly long _start = timeProvider.GetTimestamp();

    public TimeProvider TimeProvider => timeProvider;

    public ElectionTime Now => new(timeProvider.GetElapsedTime(_start), timeProvider.GetUtcNow());
}
