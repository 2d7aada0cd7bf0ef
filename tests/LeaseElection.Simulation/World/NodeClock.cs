namespace LeaseElection.Simulation;

/// <summary>
/// The clocks of one machine, as a function of true time: a rate of their own, an offset, a wall clock that is stepped or stuck, and a
/// machine that is stunned, so that no clock moves at all. It is the time provider of the process on it.
/// </summary>
internal sealed class NodeClock : TimeProvider
{
    private static readonly DateTimeOffset Epoch = new(2026, 11, 20, 8, 0, 0, TimeSpan.Zero);

    private readonly Timeline _world;
    private double _rate;
    private bool _isStunned;
    private TimeSpan _trueAnchor;
    private TimeSpan _anchor;
    private TimeSpan _wallOffset;
    private DateTimeOffset? _stuckWall;

    public NodeClock(Timeline world, double rate, TimeSpan offset, TimeSpan wallOffset)
    {
        _world = world;
        _rate = rate;
        _anchor = offset;
        _wallOffset = wallOffset - offset;
    }

    /// <summary>CLOCK_BOOTTIME: counts a suspended machine, not a stunned one.</summary>
    public TimeSpan Monotonic => _isStunned ? _anchor : _anchor + ((_world.Now - _trueAnchor) * _rate);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Monotonic.Ticks;

    public override DateTimeOffset GetUtcNow() => _stuckWall ?? (Epoch + Monotonic + _wallOffset);

    /// <summary>How long a time on this clock takes in truth, if nothing happens to the clock: never too short.</summary>
    public TimeSpan InTruth(TimeSpan local) => new((long)Math.Ceiling(local.Ticks / _rate));

    public void SetRate(double rate)
    {
        Anchor();
        _rate = rate;
    }

    public void StepWall(TimeSpan by) => _wallOffset += by;

    public void StickWall() => _stuckWall = GetUtcNow();

    public void FreeWall() => _stuckWall = null;

    /// <summary>The hypervisor stops the machine: none of its clocks notices.</summary>
    public void Stun()
    {
        Anchor();
        _isStunned = true;
    }

    public void Unstun()
    {
        _trueAnchor = _world.Now;
        _isStunned = false;
    }

    private void Anchor()
    {
        _anchor = Monotonic;
        _trueAnchor = _world.Now;
    }
}
