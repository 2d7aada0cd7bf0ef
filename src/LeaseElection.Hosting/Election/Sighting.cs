namespace LeaseElection.Hosting.Election;

/// <summary>What an observation of the lease was worth.</summary>
internal enum Sighting
{
    /// <summary>Not newer than what was seen already: ignored.</summary>
    Stale,

    /// <summary>A newer version of the same record: no sign of life.</summary>
    Same,

    /// <summary>News.</summary>
    Changed,
}
