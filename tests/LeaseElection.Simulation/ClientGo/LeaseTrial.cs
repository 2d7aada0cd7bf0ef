namespace LeaseElection.Simulation;

/// <summary>One situation, and how client-go's algorithm and we fared in it.</summary>
/// <param name="Case">The situation.</param>
/// <param name="ClientGo">The figures of client-go's algorithm.</param>
/// <param name="Ours">Our own; <see langword="null"/>: the library refuses such timings.</param>
/// <param name="Refusals">What it says then.</param>
internal sealed record LeaseTrial(LeaseCase Case, LeaseFigures ClientGo, LeaseFigures? Ours, IReadOnlyCollection<string> Refusals)
{
    /// <summary>What did not come out as it must.</summary>
    public IEnumerable<string> Problems
    {
        get
        {
            if (LeaseVerdict.OfClientGo(Case, ClientGo) is { } theirs)
                yield return $"{Case.Name}: NOT REPRODUCED: {theirs}";
            if (Ours is not null && LeaseVerdict.OfUs(Ours) is { } ours)
                yield return $"{Case.Name}: NOT SAFE HERE: {ours}";
        }
    }

    public static LeaseTrial Run(LeaseCase situation, int runs, int ourRuns)
    {
        LeaseFigures theirs = LeaseFigures.Of(runs, seed => ClientGoRun.Play(situation, seed));
        IReadOnlyCollection<string> refusals = OurSettings.Refusals(situation);
        if (refusals.Count > 0)
            return new LeaseTrial(situation, theirs, null, refusals);
        Hosting.Election.ElectorSettings settings = OurSettings.Of(situation);
        return new LeaseTrial(situation, theirs, LeaseFigures.Of(ourRuns, seed => OurRun.Play(situation, settings, seed)), refusals);
    }
}
