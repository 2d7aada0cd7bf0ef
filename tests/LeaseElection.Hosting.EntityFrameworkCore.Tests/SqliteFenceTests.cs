using System.Data.Common;
using LeaseElection.Hosting.EntityFrameworkCore.Tests.Ledgers;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace LeaseElection.Hosting.EntityFrameworkCore.Tests;

/// <summary>Stands for all databases but PostgreSQL: outside a transaction a check there may be of several statements.</summary>
public sealed class SqliteFenceTests : FenceContract
{
    private const string Insert = "INSERT INTO \"LeadershipFence\"";

    internal override Task<LedgerDatabase> CreateAsync() => LedgerDatabase.OnSqliteAsync();

    /// <summary>A leader may write with several contexts, and those of an earlier one may be late.</summary>
    [Theory]
    [InlineData(5, false, true)]
    [InlineData(5, false, false)]
    [InlineData(5, true, true)]
    [InlineData(5, true, false)]
    [InlineData(4, false, true)]
    [InlineData(4, true, false)]
    public async Task FirstRow_IsMadeMeanwhileByTheSameTermOrAnEarlierOne_Passes(int token, bool isBlind, bool awaited)
    {
        await using Ledger ledger = OpenWith(new BeforeTheInsert(() => Check(token), isBlind));

        await ledger.EnsureAsync(awaited);

        await ledger.SaveAsync("in time", awaited);
        Assert.Throws<LeadershipLostException>(() => Check(4));
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(true, false)]
    public async Task FirstRow_IsMadeMeanwhileByALaterTerm_IsRefused(bool isBlind, bool awaited)
    {
        await using Ledger late = OpenWith(new BeforeTheInsert(() => Check(6), isBlind));

        LeadershipLostException refused = await Assert.ThrowsAsync<LeadershipLostException>(() => late.EnsureAsync(awaited));

        Assert.Contains("has seen fencing token 6 of", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task FirstRow_ThatMayNotBeMade_IsToldInTheWordsOfTheDatabase(bool awaited)
    {
        await using (Ledger hand = Database.OpenUnfenced())
        {
            await hand.Database.ExecuteSqlRawAsync(
                """CREATE TRIGGER "No" BEFORE INSERT ON "LeadershipFence" BEGIN SELECT RAISE(ABORT, 'no right to'); END""");
        }

        await using Ledger ledger = Database.Open(Election.Lead(5));

        SqliteException failure = await Assert.ThrowsAsync<SqliteException>(() => ledger.EnsureAsync(awaited));

        Assert.Contains("no right to", failure.Message, StringComparison.Ordinal);
    }

    private Ledger OpenWith(IInterceptor interceptor) =>
        Database.Open(Election.Lead(5), options => options.AddInterceptors(interceptor));

    /// <summary>By a context of its own.</summary>
    private void Check(int token)
    {
        using Ledger other = Database.Open(new StubElection("replica-2").Lead((UInt128)token));
        other.Database.EnsureLeadership();
    }

    /// <summary>Has something happen when a check has found no row, and is about to make one.</summary>
    /// <param name="act">What.</param>
    /// <param name="isBlind">
    /// Whether the insert looks for no row before, as on a database where it does not see what is being committed: its key stops it.
    /// </param>
    private sealed class BeforeTheInsert(Action act, bool isBlind) : DbCommandInterceptor
    {
        public override InterceptionResult<int> NonQueryExecuting(
            DbCommand command, CommandEventData eventData, InterceptionResult<int> result)
        {
            if (!command.CommandText.StartsWith(Insert, StringComparison.Ordinal))
                return result;
            act();
            if (isBlind)
                command.CommandText = command.CommandText[..command.CommandText.IndexOf(" WHERE NOT EXISTS", StringComparison.Ordinal)];
            return result;
        }

        public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
            DbCommand command,
            CommandEventData eventData,
            InterceptionResult<int> result,
            CancellationToken cancellationToken = default) => new(NonQueryExecuting(command, eventData, result));
    }
}
