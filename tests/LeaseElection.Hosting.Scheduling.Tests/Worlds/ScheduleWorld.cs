using Cronos;
using LeaseElection.Hosting.Scheduling.Due;

namespace LeaseElection.Hosting.Scheduling.Worlds;

/// <summary>
/// Processes with clocks of their own, of which one leads at a time, or none, and is stopped, killed or cut off in the middle of anything:
/// a write to the lease, too, which may have been taken or not. All of it is drawn from one seed.
/// </summary>
internal sealed class ScheduleWorld
{
    private static readonly string[] Zones = ["Europe/Zurich", "America/New_York", "Australia/Lord_Howe", "America/Santiago"];

    private readonly Random _random;
    private readonly ScheduleOptions _options = new();
    private readonly TimeSpan[] _offsets;
    private readonly DueTimes _times;
    private readonly ScheduleOracle _oracle;
    private readonly bool _isCalm;
    private bool _isLast;
    private DateTimeOffset _now;
    private DateTimeOffset _termEnd;
    private ScheduleMark? _note;

    private ScheduleWorld(int seed)
    {
        _random = new Random(seed);
        var zone = TimeZoneInfo.FindSystemTimeZoneById(Zones[seed % Zones.Length]);
        // Around the change of clocks, most of all.
        TimeSpan? timeOfDay = _random.Next(3) > 0 ? TimeSpan.FromMinutes(_random.Next(5 * 60)) : null;
        var reference = new ReferenceSchedule(zone, timeOfDay, _random.Next(2) == 0 ? 15 : 30);
        _options.Missed = (MissedRuns)_random.Next(3);
        _options.Delivery = _options.Missed == MissedRuns.Skip ? Delivery.AtMostOnce : (Delivery)_random.Next(2);
        _options.MaxMissedRuns = _random.Next(3) == 0 ? 1 + _random.Next(5) : 100;
        _isCalm = _random.Next(5) == 0;
        _times = new DueTimes(CronExpression.Parse(reference.Cron), zone);
        _offsets = [.. Enumerable.Range(0, 3).Select(_ => TimeSpan.FromSeconds((_random.NextDouble() - 0.5) * (_random.Next(4) == 0 ? 120 : 2)))];
        _now = new DateTimeOffset(2020 + _random.Next(8), 1 + _random.Next(12), 1 + _random.Next(28), 0, 0, 0, TimeSpan.Zero).AddSeconds(_random.Next(86400));
        _oracle = new ScheduleOracle(reference, _options, TimeSpan.FromMinutes(1));
    }

    /// <summary>Lives through some days, and says what was wrong in them.</summary>
    public static WorldReport Play(int seed, int days)
    {
        var world = new ScheduleWorld(seed);
        DateTimeOffset end = world._now.AddDays(days);
        while (world._now < end)
            world.Term(world.TermLength());
        world._isLast = true;
        world.Term(TimeSpan.FromDays(3));
        world._oracle.End(world._now);
        return new WorldReport(days, world._oracle.Runs, world._oracle.Missed, world._oracle.Violations);
    }

    private TimeSpan TermLength() => _isCalm
        ? TimeSpan.FromDays(30)
        : TimeSpan.FromSeconds(Math.Exp(_random.NextDouble() * Math.Log(_random.Next(3) == 0 ? 600 : 400_000)));

    /// <summary>For how long nobody leads: a hand-over, a crash, a night.</summary>
    private TimeSpan Gap() => _isCalm ? TimeSpan.FromMilliseconds(50) : _random.Next(10) switch
    {
        < 5 => TimeSpan.FromMilliseconds(10 + _random.Next(100)),
        < 9 => TimeSpan.FromSeconds(5 + (_random.NextDouble() * 15)),
        _ => TimeSpan.FromHours(_random.NextDouble() * 60),
    };

    private void Term(TimeSpan length)
    {
        _now += _isLast ? TimeSpan.FromSeconds(1) : Gap();
        _termEnd = _now + length;
        int process = _random.Next(_offsets.Length);
        var keeper = new ScheduleKeeper(_times, _options, _note is null ? null : ScheduleMark.Parse(_note.ToString()));
        while (_now < _termEnd && Step(keeper, process))
        {
        }

        _now = _now < _termEnd ? _termEnd : _now;
    }

    /// <summary>Does one thing; says whether the process knows that it still leads.</summary>
    private bool Step(ScheduleKeeper keeper, int process)
    {
        if (!_isCalm && _random.Next(200) == 0)
            _offsets[process] = TimeSpan.FromSeconds((_random.NextDouble() - 0.5) * 120); // Somebody sets its clock.
        switch (keeper.Next(_now + _offsets[process]))
        {
            case ScheduleStep.Wait { Until: { } until }:
                DateTimeOffset wake = until - _offsets[process] + TimeSpan.FromMilliseconds(_random.Next(20) - 1);
                _now = wake <= _now ? _now.AddMilliseconds(1) : wake;
                return true;
            case ScheduleStep.Settle settle:
                return Note(keeper, settle.Mark, settle.Missed, isSkipped: true);
            case ScheduleStep.Run run:
                return Run(keeper, run, process);
            default:
                throw new InvalidOperationException("A schedule that is due every day waits for ever.");
        }
    }

    private bool Run(ScheduleKeeper keeper, ScheduleStep.Run run, int process)
    {
        bool notedBefore = _options.Delivery == Delivery.AtMostOnce;
        if (notedBefore && !Note(keeper, run.Mark, run.Missed + 1, isSkipped: false))
            return false;
        _oracle.Began(run.DueAt, run.Previous, run.Missed, _now);
        _now += TimeSpan.FromSeconds(Math.Exp(_random.NextDouble() * Math.Log(!_isLast && _random.Next(20) == 0 ? 4_000 : 20)));
        if (_now >= _termEnd)
            return false;
        if (!_isLast && _random.Next(10) == 0)
        {
            keeper.Failed(_now + _offsets[process]);
            return true;
        }

        _oracle.Succeeded(run.DueAt);
        keeper.Succeeded();
        return notedBefore || Note(keeper, run.Mark, run.Missed + 1, isSkipped: false);
    }

    /// <summary>A write to the lease. Whose term ends meanwhile does not know whether it was taken.</summary>
    private bool Note(ScheduleKeeper keeper, ScheduleMark mark, int runs, bool isSkipped)
    {
        _now += TimeSpan.FromMilliseconds(1 + _random.Next(_random.Next(20) == 0 ? 600 : 20));
        bool isKnown = _now < _termEnd && (_isCalm || _isLast || _random.Next(300) > 0);
        if (isKnown || _random.Next(2) == 0)
        {
            _note = mark;
            _oracle.Settled(mark.Through, runs, isSkipped);
            if (!isSkipped)
                _oracle.Confirmed(mark.Through);
        }

        if (isKnown)
            keeper.Settled(mark);
        return isKnown;
    }
}
