namespace LeaseElection.Sidecar.Exec;

/// <summary>The exit code of a command that ended by itself; with it the sidecar ends, too.</summary>
internal sealed class CommandExit
{
    public int? Code { get; set; }
}
