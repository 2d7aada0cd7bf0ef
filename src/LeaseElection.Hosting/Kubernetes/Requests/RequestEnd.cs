namespace LeaseElection.Hosting.Kubernetes.Requests;

/// <summary>What became of a request, as far as it says how many more the server can take.</summary>
internal enum RequestEnd
{
    /// <summary>It failed, was given up by who wanted it, or the server said that it is asked too much.</summary>
    Other,

    Answered,

    TimedOut,
}
