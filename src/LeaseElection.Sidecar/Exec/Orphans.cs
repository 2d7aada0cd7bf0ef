namespace LeaseElection.Sidecar.Exec;

/// <summary>
/// Processes that became children of this one when their parents ended: what a command started, and, in the first process of a container,
/// all that others leave there. They have sessions of their own.
/// </summary>
internal static class Orphans
{
    /// <summary>
    /// Takes those that have ended out of the table of processes, which would fill up. Each by its id: to wait for any would steal the news
    /// of the command, and of plugins of a kubeconfig, which are in our session, from .NET.
    /// </summary>
    /// <param name="command">
    /// The command, which .NET waits for; asked when the table has been read, because a command that starts meanwhile is not in it.
    /// </param>
    public static void Reap(Func<int?> command)
    {
        try
        {
            List<ProcessEntry> ended =
            [
                .. ProcessEntry.ReadAll().Where(process => process.HasEnded && process.Parent == Environment.ProcessId
                    && process.Session != ProcessEntry.OwnSession),
            ];
            if (ended.Count == 0)
                return;
            int? main = command();
            foreach (ProcessEntry orphan in ended.Where(orphan => orphan.Id != main))
                NativeProcess.Reap(orphan.Id);
        }
        catch (IOException)
        {
            // The next one that ends is another occasion.
        }
    }
}
