namespace LeaseElection.Hosting.Election;

/// <summary>The request that is under way.</summary>
/// <param name="Purpose">What it is for.</param>
/// <param name="Sent">Taken before it was sent.</param>
/// <param name="Counts">
/// From when on it makes a term valid: from before it was sent, and not from when the reply arrives (design 5, rule 1); or from the last
/// renewal on, if it is none itself (<see cref="ElectionTerm.NextRenewal"/>).
/// </param>
/// <param name="Sightings">How often the lease had been seen before: if that has changed, the watch has overtaken the reply.</param>
/// <param name="GreatestVersion">The greatest version that had been seen before: the token of a new term must be greater.</param>
internal sealed record ElectionRequest(
    RequestPurpose Purpose, ElectionTime Sent, ElectionTime Counts, int Sightings, UInt128 GreatestVersion);
