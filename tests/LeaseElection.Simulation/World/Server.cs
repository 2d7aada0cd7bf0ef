using System.Globalization;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.Leases;

namespace LeaseElection.Simulation;

/// <summary>
/// The API server with its etcd and one lease: compare and swap, the uid precondition, create-on-update, dropped writes that change
/// nothing, one row of versions for everything, and a history that watches are served from until it is compacted.
/// </summary>
internal sealed class Server(World world, UInt128 firstVersion, bool hasNumbers)
{
    private readonly List<LeaseEvent> _history = [];
    private readonly Dictionary<string, int> _numbers = [];
    private readonly Dictionary<string, int> _origins = [];
    private readonly List<ServerWatch> _watches = [];
    private UInt128 _version = firstVersion;
    private UInt128 _reusedUntil;
    private int _compacted;
    private int _uids;

    /// <summary>When an elector last renewed it, in truth: notes that one of ours writes just after are no renewal.</summary>
    private TimeSpan _renewedAt;

    /// <summary>The lease as it is; <see langword="null"/> when there is none.</summary>
    public Lease? Current { get; private set; }

    public bool IsDown { get; set; }

    /// <summary>How many changes there have been.</summary>
    public int Changes => _history.Count;

    /// <summary>Who may have been lied to by a person: the number of the last change that no elector made.</summary>
    public int TamperedAt { get; private set; } = -1;

    /// <summary>The number of the last change by which a person did exactly what an elector does to give a lease up.</summary>
    public int ForgedReleaseAt { get; private set; } = -1;

    /// <summary>The number of the last change before the server was restored from a backup.</summary>
    public int RestoredAt { get; private set; } = -1;

    /// <summary>The same in truth.</summary>
    public TimeSpan? RestoredInTruth { get; private set; }

    /// <summary>The number of the last change under a version that had been given away before the restore.</summary>
    public int ReusedAt { get; private set; } = -1;

    /// <summary>When an elector last wrote the lease, in truth.</summary>
    public TimeSpan WrittenAt { get; private set; }

    /// <summary>The longest duration that was ever promised to a holder, in seconds.</summary>
    public int LongestDuration { get; private set; }

    /// <summary>The number of the change that made this version.</summary>
    public int NumberOf(Lease lease) => _numbers.GetValueOrDefault(lease.ResourceVersion, -1);

    /// <summary>The number of the change by which an elector wrote the record of this version; -1: a person did.</summary>
    public int OriginOf(Lease lease) => _origins.GetValueOrDefault(lease.ResourceVersion, -1);

    public ElectionInput Answer(Call call) => call.Request switch
    {
        ElectionOutput.Read => Read(call.Process.Node.Link.StaleReads),
        ElectionOutput.Create create => Current is null
            ? Write(call, new LeaseWrite(create.Record) { Annotations = create.Annotations })
            : new ElectionInput.WriteConflicted(),
        ElectionOutput.Replace replace => Matches(replace.Current)
            ? Write(call, new LeaseWrite(replace.Record) { Annotations = replace.Annotations })
            : new ElectionInput.WriteConflicted(),
        _ => throw new ArgumentOutOfRangeException(nameof(call), call.Request, "Not a request."),
    };

    /// <summary>client-go writes. It names no uid, so a lease that is gone is created, whatever version was named.</summary>
    /// <returns>The lease as it is then; <see langword="null"/>: it is another version than the one that was named.</returns>
    public Lease? WriteAsClientGo(LeaseRecord record, string? version)
    {
        if (Current is not null && Current.ResourceVersion != version)
            return null;
        Lease? before = Current;
        world.Oracle.Neighbours.Writes(before, record, world.Now - _renewedAt);
        if (before?.Record != record)
            Put(record, before?.Uid, Changes);
        _renewedAt = world.Now;
        world.Oracle.ClientGoCommitted();
        world.Chronicle?.Add(world.Now, "server", "commits a write of client-go: " + Describe(Current));
        return Current;
    }

    /// <summary>Somebody who is no elector writes the lease, whatever version it has.</summary>
    /// <param name="edit">What it makes of its record.</param>
    /// <param name="annotations">What it makes of its annotations; <see langword="null"/>: nothing.</param>
    public void Edit(Func<LeaseRecord, LeaseRecord> edit, IReadOnlyDictionary<string, string?>? annotations = null)
    {
        if (Current is not { } lease)
            return;
        LeaseRecord record = edit(lease.Record);
        bool isSame = record == lease.Record; // Then others of its fields are edited, and nobody is deceived.
        if (!isSame)
        {
            Tamper(record);
            if (record is { HasHolder: false, LeaseDurationSeconds: 1 })
                ForgedReleaseAt = Changes;
        }
        if (annotations is not null)
            world.Oracle.Notes.Edited(annotations);
        Put(new LeaseWrite(record) { Annotations = annotations ?? LeaseWrite.Unchanged }, lease.Uid, isSame ? OriginOf(lease) : -1);
        world.Chronicle?.Add(world.Now, "kubectl", "edits: " + Describe(Current));
    }

    public void Delete()
    {
        if (Current is null)
            return;
        Tamper(null);
        Current = null;
        world.Chronicle?.Add(world.Now, "kubectl", "deletes the lease");
        Tell(new LeaseEvent.Deleted(NextVersion()));
    }

    /// <summary>Somebody else writes other objects, which count versions on.</summary>
    public void CountOn(UInt128 by) => _version += by;

    /// <summary>The history up to now is forgotten: a watch from an older version gets 410.</summary>
    public void Compact() => _compacted = Changes;

    /// <summary>etcd is restored from a backup: the lease and the versions go back.</summary>
    public void Restore(int changes)
    {
        int kept = Math.Max(Changes - changes, 0);
        while (kept > 0 && _history[kept - 1] is not LeaseEvent.Changed)
            kept--;
        Current = kept > 0 ? ((LeaseEvent.Changed)_history[kept - 1]).Lease : null;
        _reusedUntil = _version > _reusedUntil ? _version : _reusedUntil;
        if (hasNumbers && Current is { } lease)
            _version = UInt128.Parse(lease.ResourceVersion, CultureInfo.InvariantCulture);
        RestoredAt = Changes;
        RestoredInTruth = world.Now;
        Compact();
        BreakWatches(LeaseStoreErrorKind.Network);
        world.Chronicle?.Add(world.Now, "etcd", "is restored: " + Describe(Current));
    }

    public void Watch(SimProcess process, string from, ServerWatch watch)
    {
        int known = _numbers.GetValueOrDefault(from, -1);
        if (known < _compacted - 1)
        {
            watch.Break(LeaseStoreErrorKind.Gone);
            return;
        }

        _watches.Add(watch);
        for (int i = Math.Max(known + 1 - process.Node.Link.WatchRewinds, 0); i < Changes; i++)
            watch.Tell(_history[i]);
        TimeSpan life = process.Node.Link.WatchLife;
        world.In(life > TimeSpan.Zero ? life : TimeSpan.FromSeconds(240 + world.Random.Next(60)), watch.End);
    }

    public void BreakWatches(LeaseStoreErrorKind kind, Node? node = null)
    {
        foreach (ServerWatch watch in _watches.FindAll(watch => node is null || watch.Node == node))
            watch.Break(kind);
        _watches.RemoveAll(watch => !watch.IsOpen || node is null || watch.Node == node);
    }

    public void SilenceWatches(Node node)
    {
        foreach (ServerWatch watch in _watches.FindAll(watch => watch.Node == node))
            watch.IsSilent = true;
    }

    public void CloseWatches(Node node)
    {
        foreach (ServerWatch watch in _watches.FindAll(watch => watch.Node == node))
            watch.End();
    }

    public void Bookmark()
    {
        string version = Format(_version);
        foreach (ServerWatch watch in _watches)
            watch.Tell(new LeaseEvent.Bookmark(version));
    }

    public static string Describe(Lease? lease) => lease is null
        ? "no lease"
        : $"v{lease.ResourceVersion} of {lease.Uid}, holder '{lease.Record.HolderIdentity}', {lease.Record.LeaseDurationSeconds} s, "
            + $"transitions {lease.Record.LeaseTransitions}, renewed {lease.Record.RenewTime:HH:mm:ss.ffffff}";

    private ElectionInput Read(int behind)
    {
        Lease? lease = behind > 0 && Changes > 0
            ? (_history[Math.Max(Changes - 1 - world.Random.Next(behind), 0)] as LeaseEvent.Changed)?.Lease
            : Current;
        return lease is null ? new ElectionInput.ReadAbsent() : new ElectionInput.ReadFound(lease);
    }

    /// <summary>A replace without uid and of a lease that is gone creates it: the API server's create-on-update.</summary>
    private bool Matches(Lease named) => Current is { } lease
        ? (named.Uid.Length == 0 || named.Uid == lease.Uid) && named.ResourceVersion == lease.ResourceVersion
        : named.Uid.Length == 0;

    private ElectionInput Write(Call call, LeaseWrite write)
    {
        Lease? before = Current;
        if (world.Scenario.Annotations == AnnotationFate.Refused && write.Annotations.Count > 0)
            return new ElectionInput.WriteFailed(new LeaseStoreError(LeaseStoreErrorKind.Rejected, "422"));
        if (world.Scenario.Annotations == AnnotationFate.Dropped)
            write = write.Record;
        TimeSpan age = world.Now - WrittenAt;
        world.Oracle.Neighbours.Writes(before, write.Record, age);
        if (before is null || before.Record != write.Record || write.Annotations.Count > 0)
            Put(write, before?.Uid, Changes);
        call.IsCommitted = true;
        world.Oracle.Committed(call, before, Current!);
        if (call.ProvesFrom == call.SentAt)
            _renewedAt = world.Now;
        world.Oracle.TakeOvers.Committed(call, before, Current!, age);
        return new ElectionInput.WriteSucceeded(Current!);
    }

    private void Put(LeaseWrite write, string? uid, int origin)
    {
        Lease? before = Current;
        Current = new Lease
        {
            ResourceVersion = NextVersion(),
            Uid = uid ?? $"uid-{++_uids}",
            Record = write.Record,
            Document = before.DocumentAfter(write.Annotations),
        };
        world.Oracle.Notes.Stored(before, Current, write.Annotations);
        world.Oracle.TakeOvers.Stored(Current);
        _origins[Current.ResourceVersion] = origin;
        if (origin == Changes)
            WrittenAt = world.Now;
        LongestDuration = Math.Max(LongestDuration, write.Record.LeaseDurationSeconds ?? 0);
        Tell(new LeaseEvent.Changed(Current));
    }

    private void Tell(LeaseEvent happened)
    {
        if (_version <= _reusedUntil)
            ReusedAt = Changes;
        _numbers[Format(_version)] = Changes;
        _history.Add(happened);
        _watches.RemoveAll(watch => !watch.IsOpen);
        foreach (ServerWatch watch in _watches)
            watch.Tell(happened);
    }

    private string NextVersion()
    {
        _version += (UInt128)(1 + world.Random.Next(3));
        return Format(_version);
    }

    private string Format(UInt128 version) =>
        hasNumbers ? version.ToString(CultureInfo.InvariantCulture) : "v" + version.ToString("x", CultureInfo.InvariantCulture);

    private void Tamper(LeaseRecord? after)
    {
        foreach (Node node in world.Nodes)
            node.Process?.Truth.Tampered(TamperedAt, after);
        TamperedAt = Changes;
    }
}
