namespace LeaseElection.Hosting.Tests.Kubernetes;

/// <summary>
/// A clock that stands still until a test moves it, and real timers: a plugin runs in real time, while a minute need not be waited for.
/// </summary>
internal sealed class ShiftedTimeProvider : TimeProvider
{
    private readonly DateTimeOffset _start = System.GetUtcNow();
    private long _shift;

    public void Advance(TimeSpan time) => Interlocked.Add(ref _shift, time.Ticks);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _shift);

    public override DateTimeOffset GetUtcNow() => _start.AddTicks(Interlocked.Read(ref _shift));
}
