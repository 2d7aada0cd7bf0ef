namespace LeaseElection.Sidecar.Exec;

/// <summary>
/// The command and all that it started. The sidecar adopts orphans, so each of them descends from it; and each is in another session
/// than the sidecar, which a process can leave and never join. What is in our own session is ours: plugins of a kubeconfig.
/// </summary>
/// <param name="main">The command; it is in our session until it has begun one of its own.</param>
internal sealed class CommandFamily(int main)
{
    private static readonly int OwnSession = ProcessEntry.Read(Environment.ProcessId)!.Value.Session;

    /// <summary>Those that run, as far as can be told.</summary>
    public List<ProcessEntry> Running()
    {
        try
        {
            return [.. Members().Where(member => !member.HasEnded)];
        }
        catch (IOException)
        {
            return [];
        }
    }

    /// <summary>Whether none runs. A table that cannot be read proves nothing.</summary>
    public bool IsGone()
    {
        try
        {
            return Members().All(member => member.HasEnded);
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>
    /// Takes orphans that have ended out of the table of processes. Each by its id: to wait for any would steal the news of the command,
    /// and of plugins, from .NET.
    /// </summary>
    public void Reap()
    {
        try
        {
            foreach (ProcessEntry member in Members()
                .Where(member => member.HasEnded && member.Parent == Environment.ProcessId && member.Id != main))
            {
                NativeProcess.Reap(member.Id);
            }
        }
        catch (IOException)
        {
            // The next one that ends is another occasion.
        }
    }

    private IEnumerable<ProcessEntry> Members()
    {
        ILookup<int, ProcessEntry> children = ProcessEntry.ReadAll().ToLookup(process => process.Parent);
        var found = new Queue<ProcessEntry>(
            children[Environment.ProcessId].Where(child => child.Session != OwnSession || child.Id == main));
        while (found.TryDequeue(out ProcessEntry member))
        {
            yield return member;
            foreach (ProcessEntry child in children[member.Id])
                found.Enqueue(child);
        }
    }
}
