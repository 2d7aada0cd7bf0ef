namespace LeaseElection.Testing.Processes;

/// <summary>What the kernel tells of the threads of a process.</summary>
internal static class ProcessThreads
{
    /// <summary>Whether none runs, as some time after SIGSTOP: each stops when it next comes out of the kernel.</summary>
    public static bool AreStopped(int process)
    {
        try
        {
            // The number, the name in brackets, which may hold anything, then the state.
            return Directory.EnumerateDirectories($"/proc/{process}/task")
                .Select(thread => File.ReadAllText(Path.Combine(thread, "stat")))
                .All(stat => stat[stat.LastIndexOf(')') + 2] == 'T');
        }
        catch (IOException)
        {
            // A thread ended between the listing and the reading: so not all were stopped.
            return false;
        }
    }
}
