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

    public static int Threads(int pid) => Directory.GetDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/task")).Length;

    public static int Files(int pid) => Directory.GetFileSystemEntries(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/fd")).Length;

    public static int Sockets(int pid) => Directory
        .GetFileSystemEntries(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/fd"))
        .Count(file => new FileInfo(file).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) is true);

    public static long ResidentKib(int pid)
    {
        using var process = Process.GetProcessById(pid);
        return process.WorkingSet64 / 1024;
    }
}
