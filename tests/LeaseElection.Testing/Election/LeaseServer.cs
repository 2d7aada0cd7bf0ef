using System.Globalization;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.Leases;

namespace LeaseElection.Testing.Election;

/// <summary>
/// One lease with the habits of an API server that matter to the core: compare and swap, uids, and writes that change nothing.
/// </summary>
internal sealed class LeaseServer
{
    private long _version = 100;
    private int _uids;

    /// <summary>The lease as it is; <see langword="null"/> when there is none.</summary>
    public Lease? Current { get; private set; }

    /// <summary>Somebody else writes the lease, whatever version it has.</summary>
    public Lease Put(LeaseWrite write) => Current = new Lease
    {
        ResourceVersion = NextVersion(),
        Uid = Current?.Uid ?? $"uid-{++_uids}",
        Record = write.Record,
        Document = Current.DocumentAfter(write.Annotations),
    };

    /// <summary>Somebody else deletes the lease. Returns the version of the deletion.</summary>
    public string Delete()
    {
        Current = null;
        return NextVersion();
    }

    /// <summary>Numbers the next versions from here on: back (an etcd restored from a backup) or far ahead.</summary>
    public void CountFrom(long version) => _version = version - 1;

    public ElectionInput Answer(ElectionOutput request) => request switch
    {
        ElectionOutput.Read => Current is null ? new ElectionInput.ReadAbsent() : new ElectionInput.ReadFound(Current),
        ElectionOutput.Create create => Current is null
            ? new ElectionInput.WriteSucceeded(Put(new LeaseWrite(create.Record) { Annotations = create.Annotations }))
            : new ElectionInput.WriteConflicted(),
        ElectionOutput.Replace replace => Current?.Uid == replace.Current.Uid && Current.ResourceVersion == replace.Current.ResourceVersion
            ? new ElectionInput.WriteSucceeded(
                Current.Record == replace.Record && replace.Annotations.Count == 0
                    ? Current
                    : Put(new LeaseWrite(replace.Record) { Annotations = replace.Annotations }))
            : new ElectionInput.WriteConflicted(),
        _ => throw new ArgumentOutOfRangeException(nameof(request), request, "Not a request."),
    };

    private string NextVersion() => (++_version).ToString(CultureInfo.InvariantCulture);
}
