namespace LeaseElection.Hosting.Leases.Files;

/// <summary>Which leases of a group were told last, of which versions, and the newest of these.</summary>
internal sealed record ToldLeases(string Version, IReadOnlyDictionary<string, string> Versions);
