namespace LeaseElection.Hosting.Yarp.Tests.Load;

/// <summary>How a term ends in a test of many.</summary>
internal enum TermEnd
{
    /// <summary>SIGTERM, as in a rolling update.</summary>
    Terminate,

    /// <summary>SIGKILL: its lease runs out first.</summary>
    Kill,

    /// <summary>The process goes on, as a standby.</summary>
    StepDown,
}
