namespace LeaseElection.Sidecar.Exec;

/// <summary>
/// The command and all that it started. The sidecar adopts orphans, so each of them descends from it; and each is in another session
/// than the sidecar, which a process can leave and never join. What is in our own session is ours: plugins of a kubeconfig.
/// </summary>
/// <param name="main">The command; it is in our session until it has begun one of its own.</param>
internal sealed class CommandFamily(int main)
{
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

    private IEnumerable<ProcessEntry> Members()
    {
        ILookup<int, ProcessEntry> children = ProcessEntry.ReadAll().ToLookup(process => process.Parent);
        var found = new Queue<ProcessEntry>(
            children[Environment.ProcessId].Where(child => child.Session != ProcessEntry.OwnSession || child.Id == main));
        while (found.TryDequeue(out ProcessEntry member))
        {
            yield return member;
            foreach (ProcessEntry child in children[member.Id])
                found.Enqueue(child);
        }
    }
}
