namespace LeaseElection.Hosting.AspNetCore.Status;

/// <summary>A term as this process saw it, which may be later than it was.</summary>
/// <param name="HolderIdentity">Who led.</param>
/// <param name="Since">When it began, by the clock of the holder.</param>
/// <param name="Until">When it was seen to be over, by the clock of this process; null for the present one.</param>
internal sealed record SeenTerm(string HolderIdentity, DateTimeOffset Since, DateTimeOffset? Until);
