namespace LeaseElection.Hosting.Election;

/// <summary>The pause after work that ended: 1 s, doubling up to a minute, and forgotten after a minute without another.</summary>
internal sealed class GrowingPause(Random random)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private int _count;
    private TimeSpan _healthyAt = TimeSpan.MinValue;

    public TimeSpan Next(TimeSpan now)
    {
        _count = now >= _healthyAt ? 0 : _count + 1;
        TimeSpan pause = First * Math.Pow(2, Math.Min(_count, 16));
        pause = (pause < Longest ? pause : Longest) * (0.9 + (random.NextDouble() * 0.1));
        _healthyAt = now + pause + Longest;
        return pause;
    }
}
