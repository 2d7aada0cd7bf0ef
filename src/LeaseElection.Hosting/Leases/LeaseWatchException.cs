namespace LeaseElection.Hosting.Leases;

/// <summary>A watch broke. A watch that the server closed in good order just ends.</summary>
internal sealed class LeaseWatchException(LeaseStoreError error) : Exception(error.Message, error.Exception)
{
    public LeaseStoreError Error { get; } = error;
}
