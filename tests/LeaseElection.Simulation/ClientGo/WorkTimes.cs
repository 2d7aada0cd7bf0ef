namespace LeaseElection.Simulation;

/// <summary>How many work at each instant of true time, and for how long two did at once.</summary>
internal sealed class WorkTimes
{
    private TimeSpan _since;

    public int Working { get; private set; }

    /// <summary>Whether two ever did.</summary>
    public bool HadTwo { get; private set; }

    /// <summary>The longest time for which two did without a break.</summary>
    public TimeSpan Longest { get; private set; }

    public void Set(int working, TimeSpan now)
    {
        if (working > 1 && Working <= 1)
        {
            HadTwo = true;
            _since = now;
        }

        if (Working > 1 && now - _since > Longest)
            Longest = now - _since;
        Working = working;
    }
}
