namespace LeaseElection.Hosting.AspNetCore.Status;

/// <summary>A term as this process saw it, which may be later than it was.</summary>
/// <param name="HolderIdentity">Who led.</param>
/// <param name="Since">
/// When it began, by the clock of the holder; where that is later than the term was seen by the clock of this process, or earlier than what
/// came before it was seen, when it was seen.
/// </param>
/// <param name="Until">
/// When the next one began, or, if none did, when it was seen to be over by the clock of this process; null for the present one.
/// </param>
internal sealed record SeenTerm(string HolderIdentity, DateTimeOffset Since, DateTimeOffset? Until);
