using System.Globalization;

namespace LeaseElection.Benchmarks;

/// <summary>What a replica tells its parent: one line an event, with the wall clock of the machine they share.</summary>
/// <param name="Kind">start, stop, seen or allows.</param>
/// <param name="At">When.</param>
/// <param name="Subject">The identity that started or stopped, the holder that was seen, or the seconds allowed to stop.</param>
internal sealed record Journal(string Kind, DateTimeOffset At, string Subject)
{
    public const string Started = "start";
    public const string Stopped = "stop";
    public const string Seen = "seen";
    public const string Allows = "allows";

    public static void Write(string kind, string subject)
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        lock (Console.Out)
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kind} {now:O} {subject}"));
    }

    /// <summary>The event of a line; <see langword="null"/> for a line that is none.</summary>
    public static Journal? Parse(string line) =>
        line.Split(' ', 3) is [Started or Stopped or Seen or Allows, string at, string subject]
            && DateTimeOffset.TryParse(at, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out DateTimeOffset time)
            ? new Journal(line[..line.IndexOf(' ', StringComparison.Ordinal)], time, subject)
            : null;
}
