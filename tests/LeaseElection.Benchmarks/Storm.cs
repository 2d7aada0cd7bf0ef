namespace LeaseElection.Benchmarks;

/// <summary>What it took until all elections of a process that was told to stop were led by others.</summary>
/// <param name="All">Until the last of them was led.</param>
/// <param name="Cpu">What each process has computed in that time, in the order of <see cref="StormBenchmark.Computing"/>.</param>
/// <param name="Requests">How many there were, by their verb.</param>
internal sealed record Storm(TimeSpan All, IReadOnlyList<TimeSpan> Cpu, IReadOnlyDictionary<string, double> Requests);
