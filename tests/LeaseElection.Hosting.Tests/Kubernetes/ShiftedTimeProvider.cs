namespace LeaseElection.Hosting.Tests.Kubernetes;

/// <summary>Real time that a test can move ahead: sockets run in real time, while a minute need not be waited for. Timers stay real.</summary>
internal sealed class ShiftedTimeProvider : TimeProvider
{
    private long _shift;

    public void Advance(TimeSpan time) => Interlocked.Add(ref _shift, time.Ticks);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => System.GetElapsedTime(0).Ticks + Interlocked.Read(ref _shift);

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Interlocked.Read(ref _shift));
}
