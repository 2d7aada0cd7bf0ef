using System.Globalization;

namespace LeaseElection.Soak.Replicas;

/// <summary>What a process holds that it could leak.</summary>
/// <param name="Threads">Threads, of any kind.</param>
/// <param name="Files">Open file descriptors, sockets among them; without those of assemblies, which are loaded when first needed.</param>
/// <param name="Sockets">Those that are sockets: its connections.</param>
/// <param name="Timers">Timers that are set.</param>
/// <param name="Bytes">Managed memory after a full collection.</param>
internal sealed record Vitals(int Threads, int Files, int Sockets, int Timers, long Bytes)
{
    private const string Kind = "vitals";

    /// <summary>
    /// How much more a process may hold than at its baseline. Not nothing: the pool comes and goes with load, a leader has a watchdog and
    /// timers that a standby has not, connections that led into a black hole are closed when the system gives them up. A leak of one a
    /// term, or one a fault, passes these within a few minutes.
    /// </summary>
    /// <param name="elections">How many it runs: it may lead all of them now, and none then. They share their connections.</param>
    public static Vitals MostGrowth(int elections) => elections == 1
        ? new(Threads: 10, Files: 15, Sockets: 10, Timers: 12, Bytes: 4 << 20)
        : new(Threads: 10, Files: 25, Sockets: 20, Timers: 12 + (4 * elections), Bytes: (4 << 20) + (elections << 15));

    /// <summary>Of this process, now.</summary>
    public static Vitals Measure()
    {
        // Twice: what has a finalizer goes only with the second.
        for (int i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        string[] files = [.. new DirectoryInfo("/proc/self/fd").GetFiles().Select(file => file.LinkTarget ?? "")];
        return new Vitals(
            Directory.GetDirectories("/proc/self/task").Length,
            files.Count(file => !file.EndsWith(".dll", StringComparison.Ordinal)),
            files.Count(file => file.StartsWith("socket:", StringComparison.Ordinal)),
            (int)Timer.ActiveCount,
            GC.GetTotalMemory(forceFullCollection: true));
    }

    public static Vitals? Parse(string line) =>
        line.Split(' ') is [Kind, .. string[] numbers] && numbers.Length == 5
            && Array.ConvertAll(
                numbers,
                text => long.Parse(text, CultureInfo.InvariantCulture)) is [var threads, var files, var sockets, var timers, var bytes]
            ? new Vitals((int)threads, (int)files, (int)sockets, (int)timers, bytes)
            : null;

    /// <summary>What has grown since more than it may.</summary>
    public IEnumerable<string> LeakedSince(Vitals baseline, Vitals most) =>
        from thing in new (string Name, long Before, long Now, long Most)[]
        {
            ("threads", baseline.Threads, Threads, most.Threads),
            ("open files", baseline.Files, Files, most.Files),
            ("sockets", baseline.Sockets, Sockets, most.Sockets),
            ("timers", baseline.Timers, Timers, most.Timers),
            ("bytes of managed memory", baseline.Bytes, Bytes, most.Bytes),
        }
        where thing.Now - thing.Before > thing.Most
        select $"{thing.Name} grew from {thing.Before} to {thing.Now}, by more than {thing.Most}";

    /// <summary>The line of a replica's vitals.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Kind} {Threads} {Files} {Sockets} {Timers} {Bytes}");
}
