namespace LeaseElection.Sidecar.Exec;

/// <summary>What the end of the command says of the end of the sidecar.</summary>
internal sealed class CommandExit
{
    /// <summary>That of a command that ended by itself; with it the sidecar ends, too.</summary>
    public int? Code { get; set; }

    /// <summary>Whether anything of a command is left: a sidecar that ends now has not stopped it.</summary>
    public bool IsPending { get; set; }
}
