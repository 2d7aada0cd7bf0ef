namespace LeaseElection.Hosting.Election;

/// <summary>What a request is for.</summary>
internal enum RequestPurpose
{
    Read,
    TakeOver,
    Renew,
    Release,
}
