namespace LeaseElection.Sidecar.Flags;

/// <summary>What <c>--help</c> prints.</summary>
internal static class HelpText
{
    public static string Text { get; } = $"""
        Usage: leader-elector --election=NAME [FLAGS] [-- COMMAND ARGUMENTS...]

        Takes part in an election over a Kubernetes Lease. Without a command it tells who leads; with one it runs the command
        while this replica leads, and only then.

        {Flags()}

        Each flag but the last two has a variable, LEADER_ELECTOR_TTL for --ttl; flags win. Durations are written 10s or 1m30s.

        The command finds who it is in LEADER_ELECTION_IDENTITY, LEADER_ELECTION_LEASE and LEADER_ELECTION_FENCING_TOKEN. When the
        term ends it gets SIGTERM and, --grace or --stop-timeout later, SIGKILL, and so does all that it started. SIGHUP, SIGQUIT,
        SIGUSR1, SIGUSR2 and SIGWINCH are passed on to it.

        HTTP, if asked for: / and any other path: the name of the leader, as JSON; /leader: 200 on the leader, 503 elsewhere; /status;
        /events; /healthz; /readyz; /metrics; POST /step-down, from this machine or pod only.

        Exit codes: 0 stopped by SIGTERM or SIGINT; 1 the command could not be stopped in time; 2 a flag is wrong; 69 the address of
        --http cannot be listened on; 78 no cluster; 126 the command cannot be run; 127 there is no such command; else that of the
        command, 128 + N if signal N ended it.
        """;

    private static string Flags() => string.Join('\n', FlagList.All.Select(flag =>
        $"  {flag + (flag.IsSwitch ? "" : "=" + flag.Placeholder),-31} {flag.Help}"));
}
