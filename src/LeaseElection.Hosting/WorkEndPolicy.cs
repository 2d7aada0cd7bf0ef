namespace LeaseElection.Hosting;

/// <summary>What happens when work ends while leadership is held.</summary>
public enum WorkEndPolicy
{
    /// <summary><see cref="StepDown"/> for a fault, <see cref="Stay"/> for a normal return.</summary>
    Default,

    /// <summary>
    /// The rest of the work is stopped and the lease is released, so that another process leads. After a fault this one stands again
    /// after a pause that grows from 1 second to 1 minute and is forgotten after a term of a minute.
    /// </summary>
    StepDown,

    /// <summary>The work is started again in the same term, after the same growing pause.</summary>
    Restart,

    /// <summary>The host is stopped with a non-zero exit code.</summary>
    StopHost,

    /// <summary>This process goes on leading, with what work is left or none.</summary>
    Stay,
}
