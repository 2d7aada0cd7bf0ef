using System.Globalization;

namespace LeaseElection.Simulation;

/// <summary>Plays many fleets, adds up what happened in them and tells it.</summary>
internal sealed class FleetCampaign
{
    private const int MostViolations = 20;

    private readonly Lock _gate = new();
    private readonly long[] _faults = new long[Enum.GetValues<FleetFault>().Length];
    private readonly SortedDictionary<int, Violation> _violations = [];
    private int _seeds;
    private int _stuck;
    private int _orderly;
    private long _terms;
    private long _moves;
    private long _needless;
    private long _late;
    private long _excused;
    private TimeSpan _simulated;

    /// <summary>Returns how many promises were broken.</summary>
    public static int Run(int first, int seeds, TextWriter to)
    {
        var campaign = new FleetCampaign();
        long start = TimeProvider.System.GetTimestamp();
        Parallel.For(0, seeds, i => campaign.Add(first + i, FleetSeed.Play(first + i)));
        campaign.Write(to, TimeProvider.System.GetElapsedTime(start));
        return campaign._violations.Count;
    }

    private void Add(int seed, Fleet fleet)
    {
        lock (_gate)
        {
            _seeds++;
            _simulated += fleet.Now;
            _terms += fleet.Oracle.Terms;
            _excused += fleet.Oracle.Excused;
            _stuck += fleet.Scenario.Stuck.Count > 0 ? 1 : 0;
            for (int i = 0; i < _faults.Length; i++)
                _faults[i] += fleet.Faults[i];
            if (fleet.Oracle.MovesMade.IsCounting)
            {
                _orderly++;
                _moves += fleet.Oracle.MovesMade.Made;
                _needless += fleet.Oracle.MovesMade.Needless;
                _late += fleet.Oracle.Late;
            }

            if (fleet.Violation is { } violation)
                _violations.Add(seed, violation);
        }
    }

    private void Write(TextWriter to, TimeSpan took)
    {
        to.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{_seeds:N0} fleets with partitions in {took.TotalSeconds:N1} s: {_seeds / took.TotalSeconds:N0} fleets/s, "
            + $"{_simulated.TotalDays:N1} days of simulated time, {_terms:N0} terms"));
        to.WriteLine();
        to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"What happened to them: {_faults.Sum():N0}"));
        foreach (FleetFault[] row in Enum.GetValues<FleetFault>().Chunk(3))
        {
            to.WriteLine("  " + string.Join("  ", row.Select(fault =>
                string.Create(CultureInfo.InvariantCulture, $"{fault,-22}{_faults[(int)fault],11:N0}"))));
        }

        to.WriteLine();
        to.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Moves in {_orderly:N0} orderly fleets of one count: {_moves:N0}, of which {_needless:N0} "
            + $"({(double)_needless / Math.Max(_moves, 1):0.00%}) were not needed, and {_late:N0} "
            + $"({(double)_late / Math.Max(_moves, 1):0.00%}) later than at once"));
        to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Fleets with partitions that nobody could own: {_stuck:N0}"));
        to.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"Work that overlapped with that of a process that had been frozen: {_excused:N0}"));
        to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Violations: {_violations.Count:N0}"));
        foreach ((int seed, Violation violation) in _violations.Take(MostViolations))
            to.WriteLine($"  {violation}; replay it with: tests/run --simulate 1 --partitions --seed {seed}");
    }
}
