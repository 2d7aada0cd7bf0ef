namespace LeaseElection.Hosting.AspNetCore.Status;

/// <summary>What is shown of a host.</summary>
internal sealed record AllElections(IReadOnlyList<OneElection> Elections);
