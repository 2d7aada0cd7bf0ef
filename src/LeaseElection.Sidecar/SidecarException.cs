namespace LeaseElection.Sidecar;

/// <summary>What keeps the sidecar from starting: one line that says what to do, and the exit code.</summary>
internal sealed class SidecarException(int exitCode, string message) : Exception(message)
{
    public int ExitCode => exitCode;
}
