namespace LeaseElection.Soak.Nemesis;

/// <summary>Something that goes wrong, and is over when the task ends.</summary>
/// <param name="Kind">What the report calls it.</param>
/// <param name="IsAlone">
/// Whether nothing else may happen beside it: a lease that somebody deletes or clears is safe only with those who have seen a holder.
/// </param>
/// <param name="RunAsync">
/// Does it, to replicas that no other fault has. Ends early, with <see langword="false"/>, when the world is not such that it can be done.
/// </param>
internal sealed record Fault(string Kind, bool IsAlone, Func<World, Task<bool>> RunAsync);
