namespace LeaseElection.Testing.ApiServer;

/// <summary>The signals that tests send, with their Linux numbers: .NET itself can send SIGKILL only.</summary>
public enum UnixSignal
{
    /// <summary>SIGINT, what Ctrl+C sends.</summary>
    Interrupt = 2,

    /// <summary>SIGKILL: no code of the process runs any more.</summary>
    Kill = 9,

    /// <summary>SIGUSR1: whatever the program makes of it.</summary>
    User1 = 10,

    /// <summary>SIGUSR2: whatever the program makes of it.</summary>
    User2 = 12,

    /// <summary>SIGTERM, what a kubelet sends first.</summary>
    Terminate = 15,

    /// <summary>SIGCONT: goes on after <see cref="Stop"/>.</summary>
    Continue = 18,

    /// <summary>SIGSTOP: freezes the process; its sockets stay open and are not answered.</summary>
    Stop = 19,
}
