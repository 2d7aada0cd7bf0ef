namespace LeaseElection.Hosting;

/// <summary>What happens when work has not stopped in time and another process may lead already.</summary>
public enum WorkOverrunPolicy
{
    /// <summary>The host is stopped with a non-zero exit code.</summary>
    StopHost,

    /// <summary>
    /// The process ends at once (<see cref="Environment.FailFast(string)"/>): the only sure way to stop work that does not listen.
    /// </summary>
    FailFast,

    /// <summary>It is logged and the health check is Unhealthy, nothing more.</summary>
    Log,
}
