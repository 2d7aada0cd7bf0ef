namespace LeaseElection.Hosting.Leases;

/// <summary>A container that has run and ended, as its kubelet tells it: in whole seconds of its node's clock, rounded down.</summary>
/// <param name="Started">When it began.</param>
/// <param name="Finished">When it had ended.</param>
/// <param name="Id">What the runtime calls it. Each restart makes another container of the same name.</param>
internal sealed record ContainerEnd(DateTimeOffset Started, DateTimeOffset Finished, string? Id);
