namespace LeaseElection.Simulation;

/// <summary>
/// What a model of client-go needs of the API server: one lease, and compare and swap by its version. There is no precondition on the uid,
/// because client-go sends none.
/// </summary>
internal sealed class ClientGoServer
{
    private long _version;

    /// <summary>The lease as it is; <see langword="null"/> when there is none.</summary>
    public ClientGoLease? Current { get; private set; }

    public ClientGoLease? Create(ClientGoRecord record) => Current is null ? Write(record) : null;

    /// <summary>A lease that is gone is created: nothing in the request says which one was meant.</summary>
    public ClientGoLease? Put(ClientGoRecord record, long version) => Current is null || Current.Version == version ? Write(record) : null;

    public void Delete() => Current = null;

    /// <summary>Somebody who is no elector writes the lease.</summary>
    public void Edit(Func<ClientGoRecord, ClientGoRecord> edit) => Write(edit(Current!.Record));

    /// <summary>A write that changes nothing makes no new version.</summary>
    private ClientGoLease Write(ClientGoRecord record)
    {
        if (Current?.Record != record)
            Current = new ClientGoLease(++_version, record);
        return Current!;
    }
}
