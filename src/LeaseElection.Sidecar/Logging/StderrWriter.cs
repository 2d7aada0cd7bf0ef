using System.Collections.Concurrent;
using System.Globalization;

namespace LeaseElection.Sidecar.Logging;

/// <summary>
/// Writes lines on a thread of its own. stderr may block (a full pipe that nobody drains, a terminal that is held) or fail (a full disk),
/// and neither may keep the command from being told to stop, or the lease from being renewed.
/// </summary>
internal sealed class StderrWriter : IDisposable
{
    private const int MostWaiting = 1000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly BlockingCollection<string> _waiting = new(MostWaiting);
    private readonly TextWriter _stderr;
    private readonly Thread _thread;
    private int _leftOut;

    public StderrWriter(TextWriter stderr)
    {
        _stderr = stderr;
        _thread = new Thread(Run) { IsBackground = true, Name = "leader-elector log" };
        _thread.UnsafeStart();
    }

    /// <summary>Neither waits nor throws: what there is no room for is counted, and the number told when there is.</summary>
    public void Write(string line)
    {
        try
        {
            if (!_waiting.TryAdd(line))
                Interlocked.Increment(ref _leftOut);
        }
        catch (InvalidOperationException)
        {
            // The process ends, and has said what there was to say.
        }
    }

    /// <summary>Waits a moment for what has been said last.</summary>
    public void Dispose()
    {
        _waiting.CompleteAdding();
        _thread.Join(Patience);
    }

    private void Run()
    {
        foreach (string line in _waiting.GetConsumingEnumerable())
        {
            if (!TryWrite(line))
                Interlocked.Increment(ref _leftOut);
            if (_waiting.Count == 0)
                TellOfThoseLeftOut(); // They came after all that waited.
        }
    }

    private void TellOfThoseLeftOut()
    {
        int leftOut = Volatile.Read(ref _leftOut);
        string told = string.Create(CultureInfo.InvariantCulture, $"({leftOut} lines were left out: stderr did not take them)");
        if (leftOut > 0 && TryWrite(told))
            Interlocked.Add(ref _leftOut, -leftOut);
    }

    private bool TryWrite(string line)
    {
        try
        {
            _stderr.WriteLine(line);
            return true;
        }
#pragma warning disable CA1031 // Whatever it is, it must not end the process.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }
}
