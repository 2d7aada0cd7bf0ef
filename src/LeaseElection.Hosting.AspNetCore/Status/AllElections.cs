namespace LeaseElection.Hosting.AspNetCore.Status;

/// <summary>What is shown of a host.</summary>
/// <param name="Now">When this was told, by the clock of this process: what is so old as it says counts from here.</param>
/// <param name="Elections">In the order in which they were added.</param>
internal sealed record AllElections(DateTimeOffset Now, IReadOnlyList<OneElection> Elections);
