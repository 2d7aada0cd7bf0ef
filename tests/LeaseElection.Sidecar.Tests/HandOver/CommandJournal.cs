namespace LeaseElection.Sidecar.Tests.HandOver;

/// <summary>
/// The diary of commands of which there must be one at a time. Each appends lines to one file, so that their order is the order in which
/// they were written, and holds a lock while it runs, which the kernel gives to one process: two at once are seen twice.
/// </summary>
internal sealed class CommandJournal(string folder)
{
    private readonly string _file = Path.Combine(folder, "journal");
    private readonly HashSet<FencingToken> _killed = [];

    /// <summary>Runs until SIGTERM; without starting anything, so that nothing holds the lock after SIGKILL.</summary>
    public string Script => $$"""
        say() { echo "$1 $EPOCHREALTIME $LEADER_ELECTION_IDENTITY $LEADER_ELECTION_FENCING_TOKEN" >>{{_file}}; }
        mkfifo {{folder}}/nothing.$$; exec 8<>{{folder}}/nothing.$$ 9>>{{folder}}/lock
        trap 'say end; exit 0' TERM
        if flock -n 9; then say start; else say overlap; exit 99; fi
        while :; do read -rt 0.02 -u 8; done
        """;

    public IReadOnlyList<JournalLine> Lines => File.Exists(_file)
        ? [.. WholeLines(File.ReadAllText(_file)).Select(JournalLine.Parse)]
        : [];

    /// <summary>
    /// A term's command was killed with its sidecar, so it writes no end. That the kernel had none of it any more when the next began, the
    /// lock alone tells.
    /// </summary>
    public void Killed(FencingToken token) => _killed.Add(token);

    /// <summary>What must not be; empty in a sound journal.</summary>
    public IReadOnlyList<string> Offences()
    {
        List<string> offences = [];
        JournalLine? running = null;
        FencingToken newest = default;
        foreach (JournalLine line in Lines)
        {
            if (line.Kind == "overlap")
                offences.Add($"{line.Identity} found the lock held");
            if (line.Kind == "start" && running is not null && !_killed.Contains(running.Token))
                offences.Add($"{line.Identity} began while {running.Identity} ran");
            if (line.Kind == "start" && line.Token <= newest)
                offences.Add($"{line.Identity} began with token {line.Token} after {newest}");
            if (line.Kind == "end" && running?.Token != line.Token)
                offences.Add($"{line.Identity} ended with token {line.Token}, which did not run");
            if (line.Kind == "start")
                (running, newest) = (line, line.Token);
            else if (line.Kind == "end")
                running = null;
        }

        return offences;
    }

    private static string[] WholeLines(string text) =>
        text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
