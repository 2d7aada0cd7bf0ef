namespace LeaseElection.Hosting.Partitions;

/// <summary>One piece of partitioned work of one election.</summary>
/// <param name="Election">The name of the election.</param>
/// <param name="Name">What logs call it.</param>
/// <param name="Execute">Runs it for one partition, with the services of a scope made for this run.</param>
internal sealed record PartitionedWorkRegistration(
    string Election, string Name, Func<IServiceProvider, Partition, LeadershipTerm, CancellationToken, Task> Execute)
{
    /// <summary>The type that was added, once per election; <see langword="null"/> for a delegate.</summary>
    public Type? Type { get; init; }

    /// <summary>The work of one partition, as its loop runs it.</summary>
    public WorkRegistration For(Partition partition) =>
        new(Election, Name, (services, term, token) => Execute(services, partition, term, token));
}
