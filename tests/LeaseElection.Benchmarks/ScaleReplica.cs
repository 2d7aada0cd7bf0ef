using System.Diagnostics;
using System.Globalization;

namespace LeaseElection.Benchmarks;

/// <summary>A process that tells with a line whenever work of one of its elections starts.</summary>
internal sealed class ScaleReplica : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly int _count;
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _allLed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _since = TimeProvider.System.GetTimestamp();
    private TimeSpan _half;
    private TimeSpan _all;
    private int _started;

    public ScaleReplica(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, int count)
    {
        _count = count;
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach ((string variable, string value) in environment)
            start.Environment[variable] = value;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine(); // client-go tells of each lease there.
    }

    public int Pid => _process.Id;

    /// <summary>How many of its elections have led.</summary>
    public int Started => Volatile.Read(ref _started);

    /// <summary>From here on counts the time that <see cref="AllLedAsync"/> tells; otherwise from the start of the process.</summary>
    public void BeginCounting() => Volatile.Write(ref _since, TimeProvider.System.GetTimestamp());

    /// <summary>How long it took until work had started for half of its elections, and for all.</summary>
    public async Task<(TimeSpan Half, TimeSpan All)> AllLedAsync()
    {
        try
        {
            await _allLed.Task.WaitAsync(Patience, TimeProvider.System);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException(string.Create(
                CultureInfo.InvariantCulture,
                $"{Started} of {_count} elections led after {Patience.TotalSeconds} s."), exception);
        }

        return (_half, _all);
    }

    public void Signal(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", Pid.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void Read(string? line)
    {
        if (line?.StartsWith("start", StringComparison.Ordinal) is not true)
            return;
        TimeSpan elapsed = TimeProvider.System.GetElapsedTime(Volatile.Read(ref _since));
        lock (_lock)
        {
            _started++;
            if (_started == (_count + 1) / 2)
                _half = elapsed;
            if (_started != _count)
                return;
            _all = elapsed;
        }

        _allLed.SetResult();
    }
}
