using System.Globalization;

namespace LeaseElection.Soak.Replicas;

/// <summary>
/// Notices, on a thread of its own, when this process did not run for a while: frozen by the nemesis, or for want of a processor. Both are
/// the same to the library. That thread has nothing else to wait for, so what keeps it waiting keeps the whole process waiting.
/// </summary>
internal sealed class PauseWatch : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    /// <summary>Shorter ones are left out; work stops so early that they cannot matter.</summary>
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(250);

    private readonly LineFile _file;
    private readonly ManualResetEventSlim _end = new();
    private readonly Thread _thread;

    public PauseWatch(LineFile file)
    {
        _file = file;
        _thread = new Thread(Watch) { IsBackground = true, Name = "pause watch", Priority = ThreadPriority.AboveNormal };
        _thread.Start();
    }

    public void Dispose()
    {
        _end.Set();
        _thread.Join();
        _end.Dispose();
    }

    private void Watch()
    {
        long last = TimeProvider.System.GetTimestamp();
        while (!_end.Wait(Tick))
        {
            long now = TimeProvider.System.GetTimestamp();
            if (TimeProvider.System.GetElapsedTime(last, now) - Tick > Least)
                _file.Write(string.Create(CultureInfo.InvariantCulture, $"{VitalLines.Paused} {last} {now}"));
            last = now;
        }
    }
}
