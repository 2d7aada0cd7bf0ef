namespace LeaseElection.DistributedLock.Tests.Contract;

/// <summary>The contract over a table in memory.</summary>
public sealed class MemoryLeaseLockContractTests : LeaseLockContract
{
    protected override Task<LockPlace> OpenAsync() => Task.FromResult<LockPlace>(new MemoryPlace());
}
