using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Testing.Leases;

/// <summary>
/// The leases of a group in memory, for any number of hosts: compare-and-swap, resource versions, lists and watches. A test edits them as
/// a third party would, breaks the watches, takes rights away, and counts what was asked.
/// </summary>
internal sealed class FakeLeaseGroup : ILeaseGroup, ILeaseStoreSource
{
    private static readonly LeaseStoreError NoSuchVersion = new(LeaseStoreErrorKind.Gone, "The version is too old.");

    private readonly Lock _gate = new();
    private readonly List<(long Version, LeaseGroupEvent Event)> _history = [];
    private readonly List<Channel<LeaseGroupEvent>> _watches = [];
    private ImmutableSortedDictionary<string, Lease> _leases = ImmutableSortedDictionary.Create<string, Lease>(StringComparer.Ordinal);
    private ImmutableDictionary<string, LeaseTraits> _traits = ImmutableDictionary<string, LeaseTraits>.Empty;
    private ImmutableHashSet<string> _unlabelled = [];
    private long _version = 100;
    private long _compacted;
    private int _uid;
    private int _lists;
    private int _reads;
    private LeaseStoreError? _listError;
    private LeaseStoreError? _watchError;
    private LeaseStoreError? _readError;
    private LeaseStoreError? _writeError;
    private LeaseStoreError? _deleteError;

    /// <summary>Pulsed at every change of what can be seen here.</summary>
    public Signal Changed { get; } = new();

    public string Description => "leases of fake in memory";

    /// <summary>What its leases bear as their label; <see langword="null"/> before anybody opened it by name.</summary>
    public string? Name { get; private set; }

    public ImmutableSortedDictionary<string, Lease> Leases => Look(() => _leases);

    /// <summary>What each lease was opened with.</summary>
    public ImmutableDictionary<string, LeaseTraits> Traits => Look(() => _traits);

    /// <summary>The version up to which a watch that keeps up has told everything.</summary>
    public string ResourceVersion => Look(() => Text(_version));

    public int Lists => Look(() => _lists);

    public int Reads => Look(() => _reads);

    public int OpenWatches => Look(() => _watches.Count);

    /// <summary>All lists fail so until further notice.</summary>
    public LeaseStoreError? ListError
    {
        set => Change(() => _listError = value);
    }

    /// <summary>All watches are refused so until further notice.</summary>
    public LeaseStoreError? WatchError
    {
        set => Change(() => _watchError = value);
    }

    /// <summary>All reads of single leases fail so until further notice.</summary>
    public LeaseStoreError? ReadError
    {
        set => Change(() => _readError = value);
    }

    /// <summary>All writes fail so until further notice.</summary>
    public LeaseStoreError? WriteError
    {
        set => Change(() => _writeError = value);
    }

    /// <summary>All deletions fail so until further notice.</summary>
    public LeaseStoreError? DeleteError
    {
        set => Change(() => _deleteError = value);
    }

    /// <summary>Nothing is told any more, and nobody is told that: a connection that died silently.</summary>
    public bool IsMute { get; set; }

    public Task UntilAsync(Func<FakeLeaseGroup, bool> condition) =>
        Changed.WaitUntilAsync(() => condition(this), () => $"the group to be otherwise than {string.Join(", ", Leases)}");

    /// <summary>A third party writes a lease, or makes it.</summary>
    public Lease Put(string name, LeaseRecord record) => Change(() => Store(name, record));

    /// <summary>A third party deletes a lease.</summary>
    public void Delete(string name) => Change(() => Remove(name));

    /// <summary>A third party takes the label of the group off a lease: it is there, and not in the group any more.</summary>
    public void LoseLabel(string name) => Change(() =>
    {
        string version = Text(++_version);
        _leases = _leases.SetItem(name, _leases[name] with { ResourceVersion = version });
        _unlabelled = _unlabelled.Add(name);
        Tell(new LeaseGroupEvent.Gone(name, version));
    });

    /// <summary>The server closes all watches: in good order, or by an error.</summary>
    public void CloseWatches(LeaseStoreError? error = null) => Change(() =>
    {
        foreach (Channel<LeaseGroupEvent> watch in _watches)
            watch.Writer.TryComplete(error is null ? null : new LeaseWatchException(error));
    });

    /// <summary>Older versions are no longer known to a watch.</summary>
    public void Compact() => Change(() => _compacted = _version);

    /// <summary>The server says that it is alive.</summary>
    public void SendBookmark() => Change(() => Tell(new LeaseGroupEvent.Bookmark(Text(_version))));

    public ILeaseStore Open(string leaseName, LeaseTraits traits) => Change(() =>
    {
        _traits = _traits.SetItem(leaseName, traits);
        return new Member(this, leaseName);
    });

    public ILeaseStore Open(string leaseName) => Open(leaseName, LeaseTraits.None);

    /// <summary>There is one group only.</summary>
    public ILeaseGroup OpenGroup(string group)
    {
        Name = group;
        return this;
    }

    public Task<LeaseGroupReply> ListAsync(TimeSpan timeout, CancellationToken cancellationToken) =>
        Task.FromResult(Change<LeaseGroupReply>(() =>
        {
            _lists++;
            return _listError is { } error
                ? new LeaseGroupReply.Failed(error)
                : new LeaseGroupReply.Found(_leases.RemoveRange(_unlabelled), Text(_version));
        }));

    public async IAsyncEnumerable<LeaseGroupEvent> WatchAsync(
        string resourceVersion, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Channel<LeaseGroupEvent> watch = Watch(long.Parse(resourceVersion, CultureInfo.InvariantCulture));
        try
        {
            await foreach (LeaseGroupEvent happened in watch.Reader.ReadAllAsync(cancellationToken))
                yield return happened;
        }
        finally
        {
            Change(() => _watches.Remove(watch));
        }
    }

    public Task<LeaseReply> DeleteAsync(string leaseName, Lease current, TimeSpan timeout, CancellationToken cancellationToken) =>
        Task.FromResult(Change<LeaseReply>(() =>
        {
            if (_deleteError is { } error)
                return new LeaseReply.Failed(error);
            if (!_leases.TryGetValue(leaseName, out Lease? lease))
                return new LeaseReply.Absent();
            if (lease.ResourceVersion != current.ResourceVersion)
                return new LeaseReply.Conflict();
            Remove(leaseName);
            return new LeaseReply.Absent();
        }));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Channel<LeaseGroupEvent> Watch(long from) => Change(() =>
    {
        if ((_watchError ?? (from < _compacted ? NoSuchVersion : null)) is { } error)
            throw new LeaseWatchException(error);
        var watch = Channel.CreateUnbounded<LeaseGroupEvent>();
        foreach ((_, LeaseGroupEvent happened) in _history.Where(happened => happened.Version > from))
            watch.Writer.TryWrite(happened);
        _watches.Add(watch);
        return watch;
    });

    private LeaseReply Write(string name, Lease? current, LeaseWrite write)
    {
        if (_writeError is { } error)
            return new LeaseReply.Failed(error);
        Lease? lease = _leases.GetValueOrDefault(name);
        if (lease?.ResourceVersion != current?.ResourceVersion)
            return lease is null ? new LeaseReply.Absent() : new LeaseReply.Conflict();
        return new LeaseReply.Found(Store(name, write));
    }

    private Lease Store(string name, LeaseWrite write)
    {
        _unlabelled = _unlabelled.Remove(name);
        var lease = new Lease
        {
            ResourceVersion = Text(++_version),
            Uid = _leases.GetValueOrDefault(name)?.Uid ?? $"uid-{++_uid}",
            Record = write.Record,
            Document = DocumentOf(name).Annotate(write.Annotations),
        };
        _leases = _leases.SetItem(name, lease);
        Tell(new LeaseGroupEvent.Changed(name, lease));
        return lease;
    }

    private LeaseDocument DocumentOf(string name)
    {
        LeaseTraits traits = _traits.GetValueOrDefault(name, LeaseTraits.None);
        LeaseMetadata known = _leases.GetValueOrDefault(name)?.Document?.Metadata ?? new LeaseMetadata { Name = name };
        return new LeaseDocument { Metadata = TraitsInMetadata.Put(Name is { } group ? traits.OfGroup(group) : traits, known) };
    }

    private void Remove(string name)
    {
        _leases = _leases.Remove(name);
        Tell(new LeaseGroupEvent.Gone(name, Text(++_version)));
    }

    private void Tell(LeaseGroupEvent happened)
    {
        if (happened is not LeaseGroupEvent.Bookmark)
            _history.Add((_version, happened));
        if (IsMute)
            return;
        foreach (Channel<LeaseGroupEvent> watch in _watches)
            watch.Writer.TryWrite(happened);
    }

    private T Look<T>(Func<T> look)
    {
        lock (_gate)
            return look();
    }

    private void Change(Action change) => Change(() =>
    {
        change();
        return true;
    });

    private T Change<T>(Func<T> change)
    {
        try
        {
            lock (_gate)
                return change();
        }
        finally
        {
            Changed.Pulse();
        }
    }

    private static string Text(long version) => version.ToString(CultureInfo.InvariantCulture);

    private sealed class Member(FakeLeaseGroup group, string name) : ILeaseStore
    {
        public string Description => $"lease fake/{name} in memory";

        public Task<LeaseReply> ReadAsync(TimeSpan timeout, CancellationToken cancellationToken) =>
            Task.FromResult(group.Change<LeaseReply>(() =>
            {
                group._reads++;
                if (group._readError is { } error)
                    return new LeaseReply.Failed(error);
                return group._leases.GetValueOrDefault(name) is { } lease ? new LeaseReply.Found(lease) : new LeaseReply.Absent();
            }));

        public Task<LeaseReply> CreateAsync(LeaseWrite write, TimeSpan timeout, CancellationToken cancellationToken) =>
            Task.FromResult(group.Change(() => group.Write(name, null, write)));

        public Task<LeaseReply> ReplaceAsync(Lease current, LeaseWrite write, TimeSpan timeout, CancellationToken cancellationToken) =>
            Task.FromResult(group.Change(() => group.Write(name, current, write)));

        public IAsyncEnumerable<LeaseEvent> WatchAsync(string resourceVersion, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("The group watches for all of its leases.");

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
