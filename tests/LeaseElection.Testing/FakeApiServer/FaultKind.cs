namespace LeaseElection.Testing.FakeApiServer;

/// <summary>What becomes of the answer.</summary>
internal enum FaultKind
{
    /// <summary>It is the one the request came to.</summary>
    None,

    /// <summary>There never is one; the connection stays open.</summary>
    Hang,

    /// <summary>The connection is cut instead.</summary>
    Reset,

    /// <summary>Another one is sent.</summary>
    Answer,

    /// <summary>It is the one to the first of two deliveries of the request. The fault proxy's only: the fake does not deliver.</summary>
    Replay,
}
