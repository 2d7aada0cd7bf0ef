namespace LeaseElection.Testing.Proxy;

/// <summary>One request that arrived at the proxy.</summary>
/// <param name="Verb">get, create, update, delete or watch.</param>
/// <param name="Arrived">When, a timestamp of <see cref="TimeProvider.System"/>: no earlier than it was sent.</param>
public sealed record ProxiedRequest(string Verb, long Arrived)
{
    private volatile int _status;
    private volatile bool _metAFault;

    /// <summary>What the API server made of it; 0 as long as it did not, and for good if it never got it.</summary>
    public int Status
    {
        get => _status;
        internal set => _status = value;
    }

    /// <summary>Whether a fault has begun to befall it.</summary>
    public bool MetAFault
    {
        get => _metAFault;
        internal set => _metAFault = value;
    }
}
