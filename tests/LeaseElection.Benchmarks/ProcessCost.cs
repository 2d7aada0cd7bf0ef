using System.Diagnostics;
using System.Globalization;

namespace LeaseElection.Benchmarks;

/// <summary>What a process has used.</summary>
internal static class ProcessCost
{
    public static TimeSpan Cpu(int pid)
    {
        using var process = Process.GetProcessById(pid);
        return process.TotalProcessorTime;
    }

    /// <summary>What all processes of the machine have used, in steps of 10 ms, and what its host has kept from it.</summary>
    public static (TimeSpan Used, TimeSpan Stolen) CpuOfMachine()
    {
        // man 5 proc_stat: user, nice, system, idle, iowait, irq, softirq, steal.
        long[] ticks = [.. File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Skip(1).Select(text => long.Parse(text, CultureInfo.InvariantCulture))];
        return (
            TimeSpan.FromMilliseconds(10 * (ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6])),
            TimeSpan.FromMilliseconds(10 * ticks[7]));
    }

    public static int Threads(int pid) => Directory.GetDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/task")).Length;

    public static int Files(int pid) =>
        Directory.GetFileSystemEntries(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/fd")).Length;

    public static int Sockets(int pid) => Directory
        .GetFileSystemEntries(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/fd"))
        .Count(file => new FileInfo(file).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) is true);

    public static long ResidentKib(int pid)
    {
        using var process = Process.GetProcessById(pid);
        return process.WorkingSet64 / 1024;
    }
}
