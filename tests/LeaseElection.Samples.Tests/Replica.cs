using System.Diagnostics;
using System.Globalization;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Processes;

namespace LeaseElection.Samples.Tests;

/// <summary>A sample that runs as a process of its own, known by what it prints.</summary>
internal sealed class Replica : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly List<Line> _lines = [];
    private readonly Process _process;
    private readonly Task _reading;
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Replica(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        _process = Process.Start(start)!;
        _reading = Task.WhenAll(ReadAsync(_process.StandardOutput), ReadAsync(_process.StandardError));
    }

    /// <summary>Everything it printed so far.</summary>
    public IReadOnlyList<Line> Lines
    {
        get
        {
            lock (_gate)
                return [.. _lines];
        }
    }

    /// <summary>The first line that says <paramref name="text"/>, among those after <paramref name="after"/>.</summary>
    /// <exception cref="TimeoutException">It was not printed in time; the message holds what was.</exception>
    public async Task<Line> WaitForAsync(string text, TimeSpan within, Line? after = null)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            Task news;
            lock (_gate)
            {
                news = _news.Task;
                if (_lines.Skip(after?.Number + 1 ?? 0).FirstOrDefault(line => line.Says(text)) is { } found)
                    return found;
            }

            TimeSpan left = within - TimeProvider.System.GetElapsedTime(start);
            if (left <= TimeSpan.Zero || _reading.IsCompleted)
                throw new TimeoutException($"No line says '{text}' after {TimeProvider.System.GetElapsedTime(start)}. There is:\n{this}");
            await Task.WhenAny(news, _reading, Task.Delay(left, TimeProvider.System, CancellationToken.None));
        }
    }

    /// <summary>Sends a signal. Returns when it was sent: a timestamp from just before.</summary>
    public async Task<long> SignalAsync(string signal)
    {
        long before = TimeProvider.System.GetTimestamp();
        using Process kill = Process.Start("kill", ["-" + signal, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
        return before;
    }

    /// <summary>Freezes it, and returns when none of its threads runs any more.</summary>
    public async Task PauseAsync(TimeSpan within)
    {
        await SignalAsync("STOP");
        await Polling.UntilAsync(() => Task.FromResult(ProcessThreads.AreStopped(_process.Id)), within, what: "SIGSTOP to stop it");
    }

    public async Task<int> WaitForExitAsync(TimeSpan within)
    {
        await _process.WaitForExitAsync().WaitAsync(within);
        await _reading;
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(); // Ends one that is stopped, too, and does nothing to one that has ended.
        await _process.WaitForExitAsync();
        await _reading;
        _process.Dispose();
    }

    public override string ToString() => string.Concat(Lines.Select(line => $"  {line.Text}\n"));

    /// <summary>On a thread of its own: an asynchronous read of a pipe holds one of the pool, and lines would be read late.</summary>
    private Task ReadAsync(StreamReader reader) => Task.Factory.StartNew(
        () =>
        {
            while (reader.ReadLine() is { } text)
                Add(text);
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    private void Add(string text)
    {
        TaskCompletionSource news;
        lock (_gate)
        {
            _lines.Add(new Line(_lines.Count, TimeProvider.System.GetTimestamp(), text));
            news = _news;
            _news = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        news.TrySetResult();
    }
}
