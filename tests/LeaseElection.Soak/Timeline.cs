using System.Globalization;
using LeaseElection.Soak.Checking;
using LeaseElection.Soak.Nemesis;
using LeaseElection.Soak.Replicas;

namespace LeaseElection.Soak;

/// <summary>What faults, leases and replicas did around an instant, in one order: where to begin when something is wrong.</summary>
/// <param name="faults">What was injected.</param>
/// <param name="leases">What a third party saw of the leases.</param>
/// <param name="replicas">Whose logs are read.</param>
/// <param name="options">Two leases before the instant are enough to tell who was promised what.</param>
internal sealed class Timeline(IReadOnlyList<FaultRecord> faults, LeaseRecorder leases, ReplicaSet replicas, SoakOptions options)
{
    private const string TimeOfDay = "HH:mm:ss.fff";

    /// <summary>The lines around an instant.</summary>
    public IEnumerable<string> Around(TimeSpan at)
    {
        var time = new Span(at - (2 * options.LeaseDuration), at + options.Liveness);
        return Lines(time).Where(line => line.At >= time.From && line.At <= time.To).OrderBy(line => line.At)
            .Select(line => string.Create(CultureInfo.InvariantCulture, $"{line.At.TotalSeconds:0.000} {line.What}"));
    }

    private IEnumerable<(TimeSpan At, string What)> Lines(Span time) =>
    [
        .. from fault in faults
           let within = fault.Time.And(time)
           where within.Length > TimeSpan.Zero
           select (within.From, $"fault begins: {fault.Kind}"),
        .. from fault in faults select (fault.Time.To, $"fault ends: {fault.Kind}"),
        .. from seen in leases.Seen select (seen.At, $"lease: {seen.What}"),
        .. replicas.All.SelectMany(replica => replica.Incarnations).SelectMany(LogOf),
    ];

    /// <summary>Logs have the time of day, and everything else the clock that processes share.</summary>
    private static IEnumerable<(TimeSpan At, string What)> LogOf(Incarnation process)
    {
        TimeSpan now = SoakClock.Now;
        DateTime wall = TimeProvider.System.GetUtcNow().UtcDateTime;
        foreach (string line in File.ReadLines(process.LogFile))
        {
            if (line.Length > TimeOfDay.Length && TimeOnly.TryParseExact(
                line[..TimeOfDay.Length], TimeOfDay, CultureInfo.InvariantCulture, DateTimeStyles.None, out TimeOnly then))
                yield return (now - (TimeOnly.FromDateTime(wall) - then), $"{process.Identity}: {line[(TimeOfDay.Length + 1)..]}");
        }
    }
}
