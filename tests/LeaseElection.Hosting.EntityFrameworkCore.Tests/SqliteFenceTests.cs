using LeaseElection.Hosting.EntityFrameworkCore.Tests.Ledgers;

namespace LeaseElection.Hosting.EntityFrameworkCore.Tests;

public sealed class SqliteFenceTests : FenceContract
{
    internal override Task<LedgerDatabase> CreateAsync() => LedgerDatabase.OnSqliteAsync();
}
