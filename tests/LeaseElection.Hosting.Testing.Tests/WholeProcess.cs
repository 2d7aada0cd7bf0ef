namespace LeaseElection.Hosting.Testing.Tests;

/// <summary>Tests that change what belongs to the whole process, its variables or its exit code: nothing else runs beside them.</summary>
[CollectionDefinition(nameof(WholeProcess), DisableParallelization = true)]
public sealed class WholeProcess;
