using System.Data;
using System.Data.Common;
using System.Transactions;
using LeaseElection.Hosting.EntityFrameworkCore.Tests.Ledgers;
using LeaseElection.Testing;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Postgres;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using IsolationLevel = System.Data.IsolationLevel;

namespace LeaseElection.Hosting.EntityFrameworkCore.Tests;

/// <summary>On a real PostgreSQL, where several transactions write at once.</summary>
[Collection(PostgresFixture.Collection)]
public sealed class PostgresFenceTests(PostgresFixture fixture) : FenceContract
{
    internal override Task<LedgerDatabase> CreateAsync() => LedgerDatabase.OnPostgresAsync(fixture.Server);

    /// <summary>What a leader does that is frozen in mid-transaction and goes on after its successor has written.</summary>
    [PostgresTheory]
    [InlineData(IsolationLevel.ReadCommitted)]
    [InlineData(IsolationLevel.RepeatableRead)]
    [InlineData(IsolationLevel.Serializable)]
    public async Task Transaction_SupersededInTheMiddle_IsRefusedAtItsCommit(IsolationLevel isolation)
    {
        await using Ledger late = Database.Open(Election.Lead(5));
        await late.SaveAsync("in time");
        await using IDbContextTransaction transaction = await late.Database.BeginTransactionAsync(isolation);
        await late.SaveAsync("late");
        await SupersedeAsync(6);

        Exception refused = await Assert.ThrowsAnyAsync<Exception>(() => transaction.CommitAsync());

        Assert.True(
            refused is LeadershipLostException
            || (refused is PostgresException { SqlState: PostgresErrorCodes.SerializationFailure }
                && isolation != IsolationLevel.ReadCommitted),
            refused.ToString());
        await transaction.DisposeAsync();
        Assert.Equal(["in time", "successor"], await Database.PayeesAsync());
    }

    /// <summary>Frozen after the check: it is not refused any more, so its successor must wait, and then sees what it wrote.</summary>
    [PostgresFact]
    public async Task LaterTerm_WhileAnEarlierOneIsPastItsCheck_WaitsForItsCommit()
    {
        await using Ledger early = Database.Open(Election.Lead(5));
        await early.Database.EnsureLeadershipAsync();
        await using IDbContextTransaction transaction = await early.Database.BeginTransactionAsync();
        await early.SaveAsync("in time");
        await early.Database.EnsureLeadershipAsync(); // As the commit does.

        await using Ledger later = Database.Open(new StubElection("replica-2").Lead(6));
        Task raised = later.Database.EnsureLeadershipAsync();
        await UntilSomebodyWaitsAsync();
        Assert.False(raised.IsCompleted);
        await transaction.CommitAsync();
        await raised;

        Assert.Equal("in time", Assert.Single(await later.Payments.ToArrayAsync()).Payee);
        await Assert.ThrowsAsync<LeadershipLostException>(() => early.SaveAsync("late"));
    }

    /// <summary>The work of a term may write by many connections.</summary>
    [PostgresFact]
    public async Task TransactionsOfOneTerm_DoNotWaitForEachOther()
    {
        Election.Lead(5);
        await using Ledger one = Database.Open(Election);
        await using Ledger other = Database.Open(Election);
        await one.Database.EnsureLeadershipAsync();
        await using IDbContextTransaction transaction = await one.Database.BeginTransactionAsync();
        await one.SaveAsync("one");
        await one.Database.EnsureLeadershipAsync();

        await other.SaveAsync("other");
        await transaction.CommitAsync();

        Assert.Equal(["one", "other"], await Database.PayeesAsync());
    }

    /// <summary>Not one write of a token that is smaller than one committed before it.</summary>
    [PostgresFact]
    public async Task ManyTermsAtOnce_TokensOfWhatIsCommittedNeverFall()
    {
        await using (Ledger ledger = Database.OpenUnfenced())
        {
            // The time of a commit, but for the lock: taken while it is held, so the order is that of the commits.
            await ledger.Database.ExecuteSqlRawAsync("""CREATE TABLE "Order" ("At" bigserial, "Token" int)""");
        }

        await Task.WhenAll(Enumerable.Range(1, 8).Select(async process =>
        {
            for (int round = 0; round < 25; round++)
            {
                int token = (round * 8) + process;
                await using Ledger ledger = Database.Open(new StubElection($"replica-{process}").Lead((UInt128)token));
                await using IDbContextTransaction transaction = await ledger.Database.BeginTransactionAsync();
                try
                {
                    await ledger.Database.EnsureLeadershipAsync();
                    await ledger.Database.ExecuteSqlAsync($"""INSERT INTO "Order" ("Token") VALUES ({token})""");
                    await transaction.CommitAsync();
                }
                catch (LeadershipLostException)
                {
                    // Somebody was faster.
                }
            }
        }));

        await using Ledger seen = Database.OpenUnfenced();
        int[] tokens = await seen.Database.SqlQueryRaw<int>("""SELECT "Token" AS "Value" FROM "Order" ORDER BY "At" """).ToArrayAsync();
        Assert.Equal(tokens.Order(), tokens);
        Assert.Equal(200, tokens[^1]);
    }

    [PostgresTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TransactionScope_IsCheckedByTheWrite(bool awaited)
    {
        Election.Lead(5);
        await InScopeAsync(ledger => ledger.SaveAsync("in time", awaited));
        await SupersedeAsync(6);

        await Assert.ThrowsAsync<LeadershipLostException>(() => InScopeAsync(ledger => ledger.SaveAsync("late", awaited)));
        await Assert.ThrowsAsync<LeadershipLostException>(() => InScopeAsync(ledger => ledger.RaiseAmountsAsync(awaited)));

        Assert.Equal(["in time", "successor"], await Database.PayeesAsync());
    }

    /// <summary>Superseded between the write and its commit. There is a transaction around it, but it takes no part in that.</summary>
    [PostgresFact]
    public async Task TransactionScope_OfAConnectionThatDoesNotEnlist_IsNotTakenForItsTransaction()
    {
        using var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled);
        DbContextOptionsBuilder<Ledger> options = Database
            .Options(Election.Lead(5), options => options.UseNpgsql(Database.ConnectionString + ";Enlist=false"))
            .AddInterceptors(new BeforeTheWrite(async () =>
            {
                using var apart = new TransactionScope(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled);
                await SupersedeAsync(6);
            }));
        await using var late = new Ledger(options.Options);

        await Assert.ThrowsAsync<LeadershipLostException>(() => late.SaveAsync("late"));

        scope.Dispose();
        Assert.Equal(["successor"], await Database.PayeesAsync());
    }

    [PostgresFact]
    public async Task Token_IsANumberOf39Digits()
    {
        await using Ledger ledger = Database.Open(Election.Lead(UInt128.MaxValue));
        await ledger.SaveAsync("in time");

        Assert.Contains(""" "Token" numeric(39,0) NOT NULL""", ledger.Database.GenerateCreateScript(), StringComparison.Ordinal);
        string[] tokens = await ledger.Database
            .SqlQueryRaw<string>(
                """SELECT "Token"::text AS "Value" FROM "LeadershipFence" WHERE "Token" > 18446744073709551615""").ToArrayAsync();
        Assert.Equal(["340282366920938463463374607431768211455"], tokens);
    }

    [PostgresFact]
    public async Task Table_OfAnotherSchema_IsThereAndRefuses()
    {
        await using Apart ledger = Open(5);
        await ledger.GetService<IRelationalDatabaseCreator>().CreateTablesAsync();
        await ledger.Database.EnsureLeadershipAsync();
        await ledger.Database.EnsureLeadershipAsync();
        await using Apart later = Open(6);
        await later.Database.EnsureLeadershipAsync();

        LeadershipLostException refused = await Assert.ThrowsAsync<LeadershipLostException>(() => ledger.Database.EnsureLeadershipAsync());

        Assert.Contains("""DELETE FROM guard."of whom" WHERE""", refused.Message, StringComparison.Ordinal);

        Apart Open(int token)
        {
            var options = new DbContextOptionsBuilder<Apart>();
            Database.Use(options);
            return new Apart(options.UseLeadershipFence(new StubElection().Lead((UInt128)token)).Options);
        }
    }

    private sealed class Apart(DbContextOptions<Apart> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.HasLeadershipFence("of whom", "guard");
    }

    private sealed class BeforeTheWrite(Func<Task> act) : DbCommandInterceptor
    {
        public override async ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command,
            CommandEventData eventData,
            InterceptionResult<DbDataReader> result,
            CancellationToken cancellationToken = default)
        {
            if (eventData.CommandSource == CommandSource.SaveChanges)
                await act();
            return result;
        }
    }

    private async Task InScopeAsync(Func<Ledger, Task<int>> write)
    {
        using var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled);
        await using Ledger ledger = Database.Open(Election);
        await write(ledger);
        scope.Complete();
    }

    private async Task UntilSomebodyWaitsAsync()
    {
        const string Waiting =
            """SELECT count(*)::int AS "Value" FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()""";
        await using Ledger observer = Database.OpenUnfenced();
        await Polling.UntilAsync(
            async () => (await observer.Database.SqlQueryRaw<int>(Waiting).ToArrayAsync())[0] > 0, Signal.Patience);
    }
}
