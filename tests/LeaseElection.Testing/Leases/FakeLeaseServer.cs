using System.Globalization;
using System.Threading.Channels;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Testing.Leases;

/// <summary>
/// One lease in memory, for any number of hosts: compare-and-swap, resource versions, watches. A test edits it as a third party
/// would, breaks its watches, and counts what it was asked.
/// </summary>
internal sealed class FakeLeaseServer(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly List<LeaseEvent> _history = [];
    private readonly List<Channel<LeaseEvent>> _watches = [];
    private readonly List<LeaseRecord> _written = [];
    private Lease? _lease;
    private long _version = 100;
    private int _uid;
    private int _reads;
    private int _requests;
    private int _underWay;
    private bool _watchDenied;

    /// <summary>Pulsed at every change of what can be seen here.</summary>
    public Signal Changed { get; } = new();

    public TimeProvider Time => time;

    /// <summary>Whether its stores can do without the thread pool.</summary>
    public bool CanBlock { get; set; }

    public Lease? Lease => Look(() => _lease);

    public string? Holder => Lease?.Record is { HasHolder: true } record ? record.HolderIdentity : null;

    /// <summary>All records that stores have written, oldest first.</summary>
    public IReadOnlyList<LeaseRecord> Written => Look<IReadOnlyList<LeaseRecord>>(() => [.. _written]);

    public int Reads => Look(() => _reads);

    /// <summary>How many there were, answered, refused or lost.</summary>
    public int Requests => Volatile.Read(ref _requests);

    public int OpenWatches => Look(() => _watches.Count);

    public int RequestsUnderWay => Volatile.Read(ref _underWay);

    /// <summary>A connection for one host, with faults of its own.</summary>
    public FakeLeaseStore Connect() => new(this);

    public Task UntilAsync(Func<FakeLeaseServer, bool> condition) =>
        Changed.WaitUntilAsync(() => condition(this), () => $"the lease to be otherwise than {Lease}, after {Written.Count} writes");

    /// <summary>A third party edits the lease, or makes it.</summary>
    public void Edit(Func<LeaseRecord, LeaseRecord> edit) => Change(() => Store(edit(_lease?.Record ?? new LeaseRecord())));

    /// <summary>A third party edits annotations of the lease, as with <c>kubectl annotate</c>.</summary>
    public void Annotate(string name, string? value) =>
        Change(() => Store(new LeaseWrite(_lease!.Record) { Annotations = new Dictionary<string, string?> { [name] = value } }));

    /// <summary>A third party deletes the lease.</summary>
    public void Delete()
    {
        lock (_gate)
        {
            _lease = null;
            Tell(new LeaseEvent.Deleted((++_version).ToString(CultureInfo.InvariantCulture)));
        }

        Changed.Pulse();
    }

    /// <summary>It is restored from a backup: versions that it has given go to others now.</summary>
    public void Restore(long version) => Change(() =>
    {
        _version = version;
        return Store(_lease!.Record);
    });

    /// <summary>The server closes all watches: in good order, or by an error.</summary>
    public void CloseWatches(LeaseStoreError? error = null)
    {
        lock (_gate)
        {
            foreach (Channel<LeaseEvent> watch in _watches)
                watch.Writer.TryComplete(error is null ? null : new LeaseWatchException(error));
        }
    }

    /// <summary>Watching is not permitted, or again.</summary>
    public void DenyWatches(bool deny = true) => Change(() => _watchDenied = deny);

    internal LeaseReply Read() => Change<LeaseReply>(() =>
    {
        _reads++;
        return _lease is null ? new LeaseReply.Absent() : new LeaseReply.Found(_lease);
    });

    internal LeaseReply Create(LeaseWrite write) =>
        Change<LeaseReply>(() => _lease is null ? Write(write) : new LeaseReply.Conflict());

    internal LeaseReply Replace(Lease current, LeaseWrite write) => Change<LeaseReply>(() =>
        _lease is null ? new LeaseReply.Absent()
        : _lease.Uid == current.Uid && _lease.ResourceVersion == current.ResourceVersion ? Write(write)
        : new LeaseReply.Conflict());

    internal Channel<LeaseEvent> Watch(string resourceVersion) => Change(() =>
    {
        if (_watchDenied)
            throw new LeaseWatchException(new LeaseStoreError(LeaseStoreErrorKind.Forbidden, "The verb watch is missing."));
        var watch = Channel.CreateUnbounded<LeaseEvent>();
        long from = long.Parse(resourceVersion, CultureInfo.InvariantCulture);
        foreach (LeaseEvent happened in _history.Where(happened => VersionOf(happened) > from))
            watch.Writer.TryWrite(happened);
        _watches.Add(watch);
        return watch;
    });

    internal void Unwatch(Channel<LeaseEvent> watch) => Change(() => _watches.Remove(watch));

    internal void RequestBegins()
    {
        Interlocked.Increment(ref _requests);
        Interlocked.Increment(ref _underWay);
        Changed.Pulse();
    }

    internal void RequestEnds()
    {
        Interlocked.Decrement(ref _underWay);
        Changed.Pulse();
    }

    private LeaseReply.Found Write(LeaseWrite write)
    {
        _written.Add(write.Record);
        return new LeaseReply.Found(Store(write));
    }

    private Lease Store(LeaseWrite write)
    {
        _lease = new Lease
        {
            ResourceVersion = (++_version).ToString(CultureInfo.InvariantCulture),
            Uid = _lease?.Uid ?? $"uid-{++_uid}",
            Record = write.Record,
            Document = _lease.DocumentAfter(write.Annotations),
        };
        Tell(new LeaseEvent.Changed(_lease));
        return _lease;
    }

    private void Tell(LeaseEvent happened)
    {
        if (_history.Count == 100)
            _history.RemoveAt(0);
        _history.Add(happened);
        foreach (Channel<LeaseEvent> watch in _watches)
            watch.Writer.TryWrite(happened);
    }

    private static long VersionOf(LeaseEvent happened) => long.Parse(
        happened is LeaseEvent.Changed changed ? changed.Lease.ResourceVersion : ((LeaseEvent.Deleted)happened).ResourceVersion,
        CultureInfo.InvariantCulture);

    private T Look<T>(Func<T> look)
    {
        lock (_gate)
            return look();
    }

    private T Change<T>(Func<T> change)
    {
        try
        {
            return Look(change);
        }
        finally
        {
            Changed.Pulse();
        }
    }
}
