using LeaseElection.Hosting.Election;

namespace LeaseElection.Hosting.Time;

/// <summary>Reads both clocks of a <see cref="TimeProvider"/>; the monotonic one counts from when this was made.</summary>
internal sealed class ElectionClock(TimeProvider timeProvider)
{
    /// <summary>
    /// The key under which the testing kit says how far apart renewals for notes are to be: by a clock that stands still
    /// nobody could wait for the next.
    /// </summary>
    public const string NotePaceKey = "LeaseElection.Hosting.NotePace";

    private readonly long _start = timeProvider.GetTimestamp();

    public TimeProvider TimeProvider => timeProvider;

    /// <inheritdoc cref="ElectorSettings.NotePace"/>
    public TimeSpan NotePace { get; init; } = ElectorSettings.DefaultNotePace;

    public ElectionTime Now => new(timeProvider.GetElapsedTime(_start), timeProvider.GetUtcNow());
}
