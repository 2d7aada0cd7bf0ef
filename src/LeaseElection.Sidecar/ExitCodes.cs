namespace LeaseElection.Sidecar;

/// <summary>What the sidecar ends with, when it is not the exit code of the command. The README and <c>--help</c> list them.</summary>
internal static class ExitCodes
{
    /// <summary>It was told to stop, and has.</summary>
    public const int Stopped = 0;

    /// <summary>The command could not be stopped in time, or a bug.</summary>
    public const int Failed = 1;

    /// <summary>A flag is wrong.</summary>
    public const int Usage = 2;

    /// <summary>The address of <c>--http</c> cannot be listened on (EX_UNAVAILABLE).</summary>
    public const int CannotListen = 69;

    /// <summary>There is no cluster, or what tells the way to it is wrong (EX_CONFIG).</summary>
    public const int NoCluster = 78;

    /// <summary>The command is no program that may be run.</summary>
    public const int NotExecutable = 126;

    /// <summary>There is no such command.</summary>
    public const int NotFound = 127;

    /// <summary>A command that a signal ended counts as this plus the number of the signal.</summary>
    public const int Signal = 128;
}
