using LeaseElection.Hosting.Time;

namespace LeaseElection.Hosting.Brokers;

/// <summary>
/// Lets one caller of this process at a time have dealings with a lease. A line that nobody stands in is kept only for what it remembers:
/// of a holder, or, where there is none any more, of the greatest version; so many of either kind at most. Whoever comes for one that was
/// forgotten waits as if it had come for the first time, and learns of no version that has gone back.
/// </summary>
internal sealed class LeaseLines(ElectionClock clock)
{
    /// <summary>A few megabytes at most, and more leases than one process keeps trying for while others hold them.</summary>
    public const int MostRemembered = 1000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, LeaseLine> _lines = new(StringComparer.Ordinal);
    private readonly LinkedList<LeaseLine> _waitedFor = [];
    private readonly LinkedList<LeaseLine> _free = [];

    /// <summary>How many there are, for tests.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _lines.Count;
        }
    }

    /// <summary>Waits for one's turn. Whoever gets it calls <see cref="Leave"/>.</summary>
    /// <returns><see langword="null"/>: it did not come in time.</returns>
    public async ValueTask<LeaseLine?> EnterAsync(string leaseName, TimeSpan timeout, CancellationToken cancellationToken)
    {
        LeaseLine line;
        LinkedListNode<TaskCompletionSource> place;
        lock (_gate)
        {
            line = Find(leaseName);
            if (!line.IsTaken)
            {
                line.IsTaken = true;
                return line;
            }

            if (timeout == TimeSpan.Zero)
                return null;
            place = line.Waiting.AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        try
        {
            await place.Value.Task.WaitAsync(timeout, clock.TimeProvider, cancellationToken).ConfigureAwait(false);
            return line;
        }
        catch (TimeoutException)
        {
            return TryLeave(line, place) ? null : line; // Its turn came in that very instant: good for one attempt.
        }
        catch (OperationCanceledException)
        {
            if (!TryLeave(line, place))
                Leave(line);
            throw;
        }
    }

    /// <summary>The next one's turn.</summary>
    public void Leave(LeaseLine line)
    {
        lock (_gate)
        {
            if (line.Waiting.First is { } next)
            {
                line.Waiting.RemoveFirst();
                next.Value.SetResult();
                return;
            }

            line.IsTaken = false;
            Keep(line, line.Memory.IsFree(clock.Now.Monotonic) ? _free : _waitedFor);
        }
    }

    private LeaseLine Find(string leaseName)
    {
        if (!_lines.TryGetValue(leaseName, out LeaseLine? line))
            _lines.Add(leaseName, line = new LeaseLine(leaseName));
        if (line.Unwanted is { } place)
            place.List!.Remove(place);
        line.Unwanted = null;
        return line;
    }

    private void Keep(LeaseLine line, LinkedList<LeaseLine> unwanted)
    {
        line.Unwanted = unwanted.AddLast(line);
        if (unwanted.Count <= MostRemembered)
            return;
        _lines.Remove(unwanted.First!.Value.LeaseName);
        unwanted.RemoveFirst();
    }

    private bool TryLeave(LeaseLine line, LinkedListNode<TaskCompletionSource> place)
    {
        lock (_gate)
        {
            if (place.List is null)
                return false;
            line.Waiting.Remove(place);
            return true;
        }
    }
}
