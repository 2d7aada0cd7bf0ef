using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Election.Partitions;
using LeaseElection.Hosting.Groups;
using LeaseElection.Hosting.Leases;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Partitions;

/// <summary>What the partitions of one election work with.</summary>
internal sealed record PartitionParts(
    string ElectionName,
    ElectionRun Run,
    IReadOnlyList<PartitionedWorkRegistration> Works,
    LeaseGroupWatch Group,
    LeaseTraits Traits,
    Func<IReadOnlyList<PartitionMember>> Members,
    IServiceScopeFactory Scopes,
    TermWatchdog Watchdog,
    IHostApplicationLifetime Lifetime,
    ElectionInstruments Instruments,
    ILogger Logger)
{
    /// <summary>For the loops of single partitions.</summary>
    public ILogger LoopLogger { get; } = new PartitionLogger(Logger, Run.Clock);

    /// <summary>Called by the loop of any partition, on any thread, when something has changed, and at its end.</summary>
    public Action Changed { get; init; } = () => { };
}
