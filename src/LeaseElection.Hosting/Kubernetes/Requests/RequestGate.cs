namespace LeaseElection.Hosting.Kubernetes.Requests;

/// <summary>
/// Holds back the requests of many leases, in their order, while enough are under way. Few are enough at a server that answers in
/// milliseconds, and a start that sends hundreds at once would bring a TLS handshake for each. But what places carry is their number
/// divided by the latency: hundreds of leases at 200 ms are more, and their queue would grow until every request had spent its time in it.
/// So places become more while answers come, but slowly, and others wait for long: with each such answer one, twice as many in each round
/// trip. A server that hangs gives no answers, and gets no more requests for it. Renewals go first: when the watch of hundreds breaks they
/// all read, at once, and a term that is held must not be lost behind that.
/// </summary>
internal sealed class RequestGate(TimeProvider timeProvider)
{
    /// <summary>
    /// So many may always be under way. Hundreds that begin at once have their turn within a second even if each takes 50 ms.
    /// </summary>
    public const int Least = 16;

    /// <summary>What is faster wants no more places: it is better to wait for a socket than to make one.</summary>
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(100);

    /// <summary>What a request has, with the usual options.</summary>
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(2.5);

    /// <summary>
    /// A server that was slow for some seconds will be so again, when etcd compacts or the next API server restarts: with few places then,
    /// those of the queue would be out of time before there are enough.
    /// </summary>
    private static readonly TimeSpan Lull = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan BetweenLess = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Queue<Waiter> _writes = new();
    private readonly Queue<Waiter> _reads = new();
    private readonly Queue<Waiter> _passedOver = new();
    private long _lessened = timeProvider.GetTimestamp();
    private long _needed = timeProvider.GetTimestamp();
    private TimeSpan _latency;
    private TimeSpan _latest;

    /// <summary>How many have passed, and not left.</summary>
    public int UnderWay { get; private set; }

    /// <summary>How many may be under way.</summary>
    public int Places { get; private set; } = Least;

    /// <param name="isWrite">Whether it keeps a term, begins or ends one.</param>
    /// <param name="left">When it is over, the token will have fired.</param>
    /// <param name="cancellationToken">The request's time is over: then it has no place.</param>
    /// <returns>When it passed, a time stamp, to leave with.</returns>
    public ValueTask<long> EnterAsync(bool isWrite, TimeSpan left, CancellationToken cancellationToken)
    {
        TaskCompletionSource turn;
        lock (_lock)
        {
            if (UnderWay < Places)
            {
                UnderWay++;
                return new(timeProvider.GetTimestamp());
            }
            turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            (isWrite ? _writes : _reads).Enqueue(new Waiter(turn, timeProvider.GetTimestamp(), left));
        }
        return WaitAsync(turn, cancellationToken);
    }

    public void Leave(long entered, RequestEnd end)
    {
        lock (_lock)
        {
            UnderWay--;
            Learn(entered, end);
            while (UnderWay < Places && TakeNext() is { } next)
            {
                if (next.Turn.TrySetResult())
                    UnderWay++;
            }
        }
    }

    private void Learn(long entered, RequestEnd end)
    {
        TimeSpan took = timeProvider.GetElapsedTime(entered);
        if (end is RequestEnd.Answered)
        {
            _latency += (took - _latency) / 8;
            _latest = took;
        }
        bool anyWaits = First(_writes) is not null | First(_reads) is not null | First(_passedOver) is not null; // Each drops who gave up.
        if (anyWaits || UnderWay >= Places / 2)
            _needed = timeProvider.GetTimestamp();
        if (end is RequestEnd.Answered && took > Slow && (AnyWaitsLong(_writes) || AnyWaitsLong(_reads) || AnyWaitsLong(_passedOver)))
            Places++;
        // Once for all that were under way together: they say the same thing, and each by itself would undo what a minute has grown.
        else if (end is RequestEnd.TimedOut && took > Slow && entered >= _lessened)
            LessenTo(Places * 3 / 4);
        else if (timeProvider.GetElapsedTime(_needed) >= Lull && timeProvider.GetElapsedTime(_lessened) >= BetweenLess)
            LessenTo(Places - (Places / 8)); // Each place is a socket, which the server holds too.
    }

    /// <summary>Any, and not the first: who comes from an election with a short RenewDeadline is out of time long before.</summary>
    private bool AnyWaitsLong(Queue<Waiter> queue)
    {
        foreach (Waiter waiter in queue)
        {
            if (!waiter.Turn.Task.IsCompleted && IsLong(Waited(waiter), waiter.Left))
                return true;
        }
        return false;
    }

    /// <summary>
    /// As late as can be: until four answers could still come, in which places become up to sixteen times as many, and two fifths of the
    /// time are left besides; but where answers are so slow that this would be from the start, not before a fifth of it has passed.
    /// Hundreds of leases that change hands at once keep even a near server busy for a second. Its answers are slow because it has so much
    /// to do, and with more places it would have as many handshakes to do as well.
    /// </summary>
    private bool IsLong(TimeSpan waited, TimeSpan left)
    {
        TimeSpan all = left < Usual ? left : Usual;
        return waited >= all / 5 && waited >= (all * 3 / 5) - (_latency * 4);
    }

    private void LessenTo(int places)
    {
        Places = Math.Max(Least, places);
        _lessened = timeProvider.GetTimestamp();
    }

    /// <summary>
    /// Passes over whoever has less time left than an answer takes. He would time out under way; and a queue that was long once would
    /// then hand out nothing but places for such, no answer would come any more, and no place with it. Their turn comes behind all others,
    /// if there is time for two answers like the last: after a server has hung for a second it may be as fast as ever.
    /// </summary>
    private Waiter? TakeNext()
    {
        if ((TakeNextOf(_writes) ?? TakeNextOf(_reads)) is { } inTime)
            return inTime;
        return First(_passedOver) is { } late && late.Left - Waited(late) >= _latest * 2 ? _passedOver.Dequeue() : null;
    }

    private Waiter? TakeNextOf(Queue<Waiter> queue)
    {
        while (First(queue) is { } first)
        {
            queue.Dequeue();
            if (first.Left - Waited(first) >= _latency)
                return first;
            _passedOver.Enqueue(first);
        }
        return null;
    }

    /// <summary>The first that has not given up.</summary>
    private static Waiter? First(Queue<Waiter> queue)
    {
        while (queue.TryPeek(out Waiter first))
        {
            if (!first.Turn.Task.IsCompleted)
                return first;
            queue.Dequeue();
        }
        return null;
    }

    private TimeSpan Waited(Waiter waiter) => timeProvider.GetElapsedTime(waiter.Since);

    private async ValueTask<long> WaitAsync(TaskCompletionSource turn, CancellationToken cancellationToken)
    {
        // Either the turn came or the time was over: what has both keeps the place, and leaves.
        using CancellationTokenRegistration _ = cancellationToken.UnsafeRegister(
            static (turn, token) => ((TaskCompletionSource)turn!).TrySetCanceled(token), turn);
        await turn.Task.ConfigureAwait(false);
        return timeProvider.GetTimestamp();
    }

    private readonly record struct Waiter(TaskCompletionSource Turn, long Since, TimeSpan Left);
}
