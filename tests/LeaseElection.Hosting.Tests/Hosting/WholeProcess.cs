namespace LeaseElection.Hosting.Tests;

/// <summary>Tests that need the process for themselves: they starve its thread pool, set its exit code, count its threads.</summary>
[CollectionDefinition(nameof(WholeProcess), DisableParallelization = true)]
public sealed class WholeProcess;
