namespace LeaseElection.Hosting.Tests.Leases;

/// <summary>
/// Tests that look once at a lock, and tests that start programs: until a new process has become its program it holds what this one had
/// open, and with it a lock that was just given up.
/// </summary>
[CollectionDefinition(nameof(FileLocks))]
public sealed class FileLocks;
