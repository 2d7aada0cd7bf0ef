namespace LeaseElection.Hosting.Testing.Api;

/// <summary>The way of one election of one host to the API server, with faults of its own.</summary>
internal sealed class LeaseClient(InMemoryLeases leases)
{
    private readonly FaultScript _faults = new();
    private readonly Lock _lock = new();
    private readonly List<LeaseWatch> _watches = [];
    private bool _isCut;
    private int _waiting;

    public InMemoryLeases Leases => leases;

    /// <summary>How many requests wait for the clock because a fault has them wait, or for the end of another's turn.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>The election's own lease, from the start of its host on.</summary>
    public (string Namespace, string Name) Own { get; set; }

    /// <summary>How many requests about the lease itself have failed in a row, and how the last one ended.</summary>
    public RequestHistory History { get; } = new(leases.Time);

    /// <summary>Whether a watch of the lease is open, and so will tell what happens to it.</summary>
    public bool IsWatching
    {
        get
        {
            lock (_lock)
                return _watches.Exists(watch => watch.IsOpen && watch.IsOfOneLease);
        }
    }

    public KubernetesApiConnection Connect() => new()
    {
        Server = new Uri("https://in-memory-leases.invalid"),
        Namespace = "default",
        CreateHandler = () => new LeaseApiHandler(this),
    };

    /// <summary>
    /// Whether it is about the election's own lease, and not about one of its members or partitions. Who makes a lease does not name it in
    /// the address: an election does so where its own is not there.
    /// </summary>
    public bool IsOwn(LeaseRoute route) =>
        route.Namespace == Own.Namespace
        && (route.Name ?? (leases.Model.Find(Own.Namespace, Own.Name) is null ? Own.Name : null)) == Own.Name;

    public void Inject(LeaseFault fault, LeaseVerbs verbs, int times)
    {
        _faults.Add(fault, verbs, times);
        CutWatches(fault, verbs, times);
    }

    /// <summary>A connection that carries nothing any more carries no watch either.</summary>
    public void CutWatches(LeaseFault fault, LeaseVerbs verbs, int times)
    {
        if (verbs.HasFlag(LeaseVerbs.Watch) && times == int.MaxValue && (fault.FailsUnsent || fault.Hangs))
            BreakWatches();
    }

    public void Heal() => _faults.Clear();

    /// <summary>Lets no request through, beside the faults that the test has injected.</summary>
    /// <returns>Ends it; also where a wait in it fails, or the host of a test that goes on would stay cut off.</returns>
    public IDisposable Cut()
    {
        _isCut = true;
        return new EndOfCut(this);
    }

    public LeaseFault? NextFault(LeaseVerbs verb) =>
        _isCut ? LeaseFault.NoConnection : _faults.Take(verb) ?? leases.NextFault(verb);

    public void BreakWatches()
    {
        lock (_lock)
            _watches.ForEach(watch => watch.Abort());
    }

    public LeaseWatch OpenWatch(LeaseRoute route)
    {
        LeaseWatch? watch = null;
        watch = new LeaseWatch(route, () => watch!.End(new IOException("The connection was cut by the test.")));
        lock (_lock)
        {
            _watches.RemoveAll(old => old.Closed.IsCompleted);
            _watches.Add(watch);
        }

        leases.Model.Open(watch);
        return watch;
    }

    /// <summary>Waits by the clock of the test; whoever lets time pass need not wait for this request meanwhile.</summary>
    public Task DelayAsync(TimeSpan delay, CancellationToken cancellationToken) =>
        WaitAsync(end => leases.Time.CreateTimer(_ => end(), null, delay, Timeout.InfiniteTimeSpan), cancellationToken);

    /// <summary>
    /// Waits for the end of another's turn; whoever lets time pass need not wait for this request either: perhaps the other needs that
    /// time.
    /// </summary>
    /// <param name="turn">Ends with what ends it, and no later.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task WaitForTurnAsync(Task turn, CancellationToken cancellationToken) => turn.IsCompleted ? turn : WaitAsync(
        end =>
        {
            _ = turn.ContinueWith(_ => end(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            return null;
        },
        cancellationToken);

    private async Task WaitAsync(Func<Action, IDisposable?> begin, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _waiting);
        var passed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        // Both on the thread that moves the clock: what is to be waited for again then must show before it moves on.
        using IDisposable? wait = begin(End);
        CancellationTokenRegistration givenUp = cancellationToken.UnsafeRegister(_ => End(), null);
        await using (givenUp.ConfigureAwait(false))
        {
            leases.Changed.Beat();
            await passed.Task.ConfigureAwait(false);
        }

        cancellationToken.ThrowIfCancellationRequested();

        void End()
        {
            if (passed.TrySetResult())
                Interlocked.Decrement(ref _waiting);
        }
    }

    private sealed class EndOfCut(LeaseClient client) : IDisposable
    {
        public void Dispose() => client._isCut = false;
    }
}
