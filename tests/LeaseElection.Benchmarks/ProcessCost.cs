using System.Diagnostics;

namespace LeaseElection.Benchmarks;

/// <summary>What a process has used.</summary>
internal static class ProcessCost
{
    public static TimeSpan Cpu(int pid)
    {
        using var process = Process.GetProcessById(pid);
        return process.TotalProcessorTime;
    }

    public static long ResidentKib(int pid)
    {
        using var process = Process.GetProcessById(pid);
        return process.WorkingSet64 / 1024;
    }
}
