using System.Globalization;
using LeaseElection.Soak.Checking;

namespace LeaseElection.Soak.Replicas;

/// <summary>What a replica has told of itself beside its work, read back while it lives.</summary>
internal sealed class VitalLines
{
    /// <summary>Whom it sees leading.</summary>
    public const string Saw = "saw";

    /// <summary>It did not run, although it lived: two timestamps.</summary>
    public const string Paused = "paused";

    public const string Nobody = "-";

    private readonly List<Span> _pauses = [];
    private readonly List<Vitals> _measured = [];

    /// <summary>The holder as this replica knows it.</summary>
    public string? Holder { get; private set; }

    public bool HasSpoken { get; private set; }

    public IReadOnlyList<Span> Pauses => _pauses;

    public IReadOnlyList<Vitals> Measured => _measured;

    public void Add(string line)
    {
        string[] words = line.Split(' ');
        if (words is [Saw, string holder])
            (HasSpoken, Holder) = (true, holder == Nobody ? null : holder);
        else if (words is [Paused, string from, string to])
            _pauses.Add(new Span(Time(from), Time(to)));
        else if (Vitals.Parse(line) is { } vitals)
            _measured.Add(vitals);
        else
            throw new FormatException($"A replica wrote '{line}'.");
    }

    private static TimeSpan Time(string ticks) =>
        TimeProvider.System.GetElapsedTime(0, long.Parse(ticks, CultureInfo.InvariantCulture));
}
