namespace LeaseElection.Soak;

/// <summary>The clock that all processes of the machine share.</summary>
internal static class SoakClock
{
    public static TimeSpan Now => TimeProvider.System.GetElapsedTime(0);

    public static Task DelayAsync(TimeSpan time) => Task.Delay(time, TimeProvider.System, CancellationToken.None);
}
