namespace LeaseElection.Hosting.Leases.Files;

/// <summary>Why a watch of a file was woken; several reasons may have come together.</summary>
[Flags]
internal enum Wake
{
    None = 0,

    /// <summary>The system told of a change.</summary>
    Changed = 1,

    /// <summary>Time to read the file whether or not the system told anything, and to tell that the watch is alive.</summary>
    Poll = 2,

    /// <summary>Time to ask whether the holder is still alive.</summary>
    Probe = 4,
}
