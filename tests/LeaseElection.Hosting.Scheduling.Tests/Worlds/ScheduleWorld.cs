using Cronos;
using LeaseElection.Hosting.Scheduling.Due;

namespace LeaseElection.Hosting.Scheduling.Worlds;

/// <summary>
/// Processes with clocks of their own, of which one leads at a time, or none, and is stopped in good order, or killed or cut off in the
/// middle of anything: a write to the lease, too, which may have been taken or not. All of it is drawn from one seed. What a process does
/// is what <see cref="ScheduleRunner"/> does.
/// </summary>
internal sealed class ScheduleWorld
{
    private static readonly string[] Zones = ["Europe/Zurich", "America/New_York", "Australia/Lord_Howe", "America/Santiago"];
    private static readonly TimeSpan LongestDrain = TimeSpan.FromSeconds(10);

    private readonly Random _random;
    private readonly TimeZoneInfo _zone;
    private readonly ScheduleOptions _options = new();
    private readonly TimeSpan[] _offsets;
    private readonly DueTimes _times;
    private readonly ScheduleOracle _oracle;
    private readonly bool _isCalm;
    private bool _isLast;
    private bool _isOrderly;
    private int _process;
    private int _crashes;
    private int _handOvers;
    private DateTimeOffset _now;
    private DateTimeOffset _termEnd;

    /// <summary>Since when the leader has had nothing to do but wait for what is due.</summary>
    private DateTimeOffset _idleSince;
    private string? _note;

    private ScheduleWorld(int seed, int days)
    {
        _random = new Random(seed);
        _zone = TimeZoneInfo.FindSystemTimeZoneById(Zones[seed % Zones.Length]);
        // Around the change of clocks, most of all.
        TimeSpan? timeOfDay = _random.Next(3) > 0 ? TimeSpan.FromMinutes(_random.Next(5 * 60)) : null;
        var reference = new ReferenceSchedule(_zone, timeOfDay, _random.Next(2) == 0 ? 15 : 30);
        _options.Missed = (MissedRuns)_random.Next(3);
        _options.Delivery = _options.Missed == MissedRuns.Skip ? Delivery.AtMostOnce : (Delivery)_random.Next(2);
        _options.MaxMissedRuns = _random.Next(3) == 0 ? 1 + _random.Next(5) : 100;
        _isCalm = _random.Next(5) == 0;
        _times = new DueTimes(CronExpression.Parse(reference.Cron), _zone);
        _offsets =
        [
            .. Enumerable.Range(0, 3).Select(_ => TimeSpan.FromSeconds((_random.NextDouble() - 0.5) * (_random.Next(4) == 0 ? 120 : 2)))
        ];
        _now = new DateTimeOffset(2020 + _random.Next(8), 1 + _random.Next(12), 1, 0, 0, 0, TimeSpan.Zero);
        if (_random.Next(4) > 0)
        {
            while (Changes(_now, 1) == 0)
                _now = _now.AddDays(1);
        }

        _now = _now.AddDays(-_random.Next(days)).AddSeconds(_random.Next(86400));
        _oracle = new ScheduleOracle(reference, _options);
    }

    private DateTimeOffset Clock => _now + _offsets[_process];

    /// <summary>Lives through some days, and says what was wrong in them.</summary>
    public static WorldReport Play(int seed, int days)
    {
        var world = new ScheduleWorld(seed, days);
        int changes = world.Changes(world._now, days);
        DateTimeOffset end = world._now.AddDays(days);
        while (world._now < end)
            world.Term(world.TermLength());
        world._isLast = true;
        world.Term(TimeSpan.FromDays(3));
        world._oracle.End(world.Clock);
        ScheduleOracle oracle = world._oracle;
        return new WorldReport(days, changes, world._crashes, world._handOvers, oracle.Runs, oracle.Missed, oracle.Violations);
    }

    private int Changes(DateTimeOffset from, int days) => Enumerable.Range(0, days)
        .Count(day => _zone.GetUtcOffset(from.AddDays(day)) != _zone.GetUtcOffset(from.AddDays(day + 1)));

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
        _idleSince = _now;
        _termEnd = _now + length;
        _isOrderly = _isLast || _random.Next(2) == 0;
        _process = _random.Next(_offsets.Length);
        var keeper = new ScheduleKeeper(_times, _options, _note is null ? null : ScheduleMark.Parse(_note));
        bool leads = true;
        while (leads && _now < _termEnd)
            leads = Step(keeper);
        _handOvers += leads && _isOrderly ? 1 : 0;
        _crashes += leads && _isOrderly ? 0 : 1;
        _now = _now < _termEnd ? _termEnd : _now;
    }

    /// <summary>Does one thing; says whether the process knows that it still leads.</summary>
    private bool Step(ScheduleKeeper keeper)
    {
        if (!_isCalm && _random.Next(200) == 0)
        {
            _offsets[_process] = TimeSpan.FromSeconds((_random.NextDouble() - 0.5) * 120); // Somebody sets its clock.
            _idleSince = _now;
        }

        bool leads = true;
        switch (keeper.Next(Clock))
        {
            case ScheduleStep.Wait { Until: { } until }:
                TimeSpan wait = until - Clock + TimeSpan.FromMilliseconds(_random.Next(20) - 1);
                _now += wait > TimeSpan.Zero ? wait : TimeSpan.FromMilliseconds(1);
                return true;
            case ScheduleStep.Settle settle:
                leads = Note(keeper, settle.Mark, settle.Missed, isSkipped: true) != Noted.TermOver;
                break;
            case ScheduleStep.Run run:
                leads = Run(keeper, run);
                break;
            default:
                throw new InvalidOperationException("A schedule that is due every day waits for ever.");
        }

        _idleSince = _now;
        return leads;
    }

    private bool Run(ScheduleKeeper keeper, ScheduleStep.Run run)
    {
        ScheduleMark before = keeper.Mark!;
        bool notedBefore = _options.Delivery == Delivery.AtMostOnce;
        if (notedBefore)
        {
            Noted noted = Note(keeper, run.Mark, run.Missed + 1, isSkipped: false);
            if (noted == Noted.Written && _now >= _termEnd)
            {
                _note = before.ToString();
                _oracle.TakenBack(run.Mark, before, run.Missed + 1);
                return true;
            }

            if (noted != Noted.Written)
                return noted == Noted.Refused;
        }

        _oracle.Began(run, Clock, _idleSince + _offsets[_process]);
        _now += TimeSpan.FromSeconds(Math.Exp(_random.NextDouble() * Math.Log(!_isLast && _random.Next(20) == 0 ? 4_000 : 20)));
        if (_now >= (_isOrderly ? _termEnd + LongestDrain : _termEnd))
            return false;
        if (!_isLast && _random.Next(_isCalm ? 2 : 10) == 0)
        {
            keeper.Failed(Clock);
            return true;
        }

        _oracle.Succeeded(run.DueAt);
        keeper.Succeeded();
        Noted after = notedBefore ? Noted.Written : Noted.Refused;
        while (after == Noted.Refused)
            after = Note(keeper, run.Mark, run.Missed + 1, isSkipped: false);
        return after == Noted.Written;
    }

    /// <summary>
    /// A write to the lease. Who is cut off meanwhile does not know whether it was taken; who stops in good order leads until then.
    /// </summary>
    private Noted Note(ScheduleKeeper keeper, ScheduleMark mark, int runs, bool isSkipped)
    {
        _now += TimeSpan.FromMilliseconds(1 + _random.Next(_random.Next(20) == 0 ? 600 : 20));
        if (!_isLast && _random.Next(300) == 0)
        {
            _now += TimeSpan.FromMinutes(1);
            return _now < _termEnd ? Noted.Refused : Noted.TermOver;
        }

        bool isKnown = (_isOrderly || _now < _termEnd) && (_isCalm || _isLast || _random.Next(300) > 0);
        if (isKnown || _random.Next(2) == 0)
        {
            _note = mark.ToString();
            _oracle.Settled(mark, runs, isSkipped, Clock);
        }

        if (isKnown)
            keeper.Settled(mark);
        return isKnown ? Noted.Written : Noted.TermOver;
    }
}
