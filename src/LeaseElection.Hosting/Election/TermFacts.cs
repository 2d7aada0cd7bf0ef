namespace LeaseElection.Hosting.Election;

/// <summary>What is fixed when a term begins.</summary>
internal sealed record TermFacts(int Transitions, DateTimeOffset AcquiredAt, string ResourceVersion, FencingToken? Token);
