namespace LeaseElection.Testing.Proxy;

/// <summary>What an open watch tells last.</summary>
public enum WatchBreak
{
    /// <summary>An ERROR event: the version it began at is too old (410).</summary>
    Gone,

    /// <summary>The first half of an event; then the connection ends.</summary>
    Truncated,

    /// <summary>A line that is no JSON, and then nothing.</summary>
    Garbage,
}
