namespace LeaseElection.Simulation;

/// <summary>What an elector of client-go writes into the lease. Times are those of the writer's wall clock.</summary>
internal sealed record ClientGoRecord(string Holder, int Seconds, TimeSpan Acquired, TimeSpan Renewed, int Transitions)
{
    /// <summary>What others compare: whole seconds, since their copy of the record knows no fractions.</summary>
    public ClientGoRecord AsCompared() => this with { Acquired = Whole(Acquired), Renewed = Whole(Renewed) };

    private static TimeSpan Whole(TimeSpan time) => TimeSpan.FromSeconds(Math.Floor(time.TotalSeconds));
}
