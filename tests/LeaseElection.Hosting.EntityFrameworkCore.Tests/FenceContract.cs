using System.Data.Common;
using LeaseElection.Hosting.EntityFrameworkCore.Tests.Ledgers;
using LeaseElection.Testing.Contracts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace LeaseElection.Hosting.EntityFrameworkCore.Tests;

/// <summary>What the fence promises on each database.</summary>
public abstract class FenceContract : IAsyncLifetime
{
    private protected LedgerDatabase Database { get; private set; } = null!;

    private protected StubElection Election { get; } = new();

    internal abstract Task<LedgerDatabase> CreateAsync();

    public async Task InitializeAsync() => Database = await CreateAsync();

    public async Task DisposeAsync() => await Database.DisposeAsync();

    [ContractTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SaveChanges_InATerm_Writes(bool awaited)
    {
        Election.Lead(5);
        await using Ledger ledger = Database.Open(Election);

        Assert.Equal(1, await ledger.SaveAsync("first", awaited));
        Assert.Equal(1, await ledger.SaveAsync("second", awaited));

        Assert.Equal(["first", "second"], await Database.PayeesAsync());
        Assert.Equal(AutoTransactionBehavior.WhenNeeded, ledger.Database.AutoTransactionBehavior);
    }

    [ContractTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SaveChanges_AfterALaterTermHasWritten_IsRefusedAndNothingIsWritten(bool awaited)
    {
        await using Ledger late = Database.Open(Election.Lead(5));
        await late.SaveAsync("in time", awaited);
        await SupersedeAsync(6);

        LeadershipLostException refused = await Assert.ThrowsAsync<LeadershipLostException>(() => late.SaveAsync("late", awaited));

        Assert.Equal(["in time", "successor"], await Database.PayeesAsync());
        Assert.StartsWith(
            "Ledger: nothing was written. The database has seen fencing token 6 of lease default/settlement, "
                + "and the term of replica-1 has 5: "
            + "a later leader has written.",
            refused.Message,
            StringComparison.Ordinal);
        Assert.Equal(AutoTransactionBehavior.WhenNeeded, late.Database.AutoTransactionBehavior);
    }

    /// <summary>As a number, whatever it is kept as.</summary>
    [ContractTheory]
    [InlineData("9", "10")]
    [InlineData("18446744073709551615", "18446744073709551616")]
    [InlineData("340282366920938463463374607431768211454", "340282366920938463463374607431768211455")]
    public async Task Tokens_AreComparedAsNumbers(string earlier, string later)
    {
        await using Ledger late = Database.Open(Election.Lead(UInt128.Parse(earlier, null)));
        await late.SaveAsync("in time");
        await SupersedeAsync(UInt128.Parse(later, null));

        LeadershipLostException refused = await Assert.ThrowsAsync<LeadershipLostException>(() => late.SaveAsync("late"));

        Assert.Contains($"has seen fencing token {later} of", refused.Message, StringComparison.Ordinal);
        Assert.Equal(["in time", "successor"], await Database.PayeesAsync());
    }

    [ContractTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ExecuteUpdateDeleteAndSql_WithoutATransaction_AreFenced(bool awaited)
    {
        await using Ledger late = Database.Open(Election.Lead(5));
        await late.SaveAsync("in time", awaited);
        Assert.Equal(1, await late.RaiseAmountsAsync(awaited));
        Assert.Equal(1, await late.RaiseAmountsBySqlAsync(awaited));
        await SupersedeAsync(6);

        await Assert.ThrowsAsync<LeadershipLostException>(() => late.RaiseAmountsAsync(awaited));
        await Assert.ThrowsAsync<LeadershipLostException>(() => late.RaiseAmountsBySqlAsync(awaited));
        await Assert.ThrowsAsync<LeadershipLostException>(() => late.DeleteAsync(awaited));

        await using Ledger seen = Database.OpenUnfenced();
        Assert.Equal("0 2", string.Join(' ', await seen.Payments.Select(payment => payment.Amount).Order().ToArrayAsync()));
    }

    [ContractTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Transaction_OfTheApp_IsRefusedAtItsCommit(bool awaited)
    {
        Election.Lead(5);
        await SupersedeAsync(6);
        foreach (Func<Ledger, Task<int>> write in (Func<Ledger, Task<int>>[])
            [
                ledger => ledger.SaveAsync("late", awaited), ledger => ledger.RaiseAmountsAsync(awaited),
                ledger => ledger.RaiseAmountsBySqlAsync(awaited), ledger => ledger.DeleteAsync(awaited),
            ])
        {
            await using Ledger late = Database.Open(Election);
            await using IDbContextTransaction transaction = await late.Database.BeginTransactionAsync();
            Assert.Equal(1, await write(late));

            await Assert.ThrowsAsync<LeadershipLostException>(() => CommitAsync(transaction, awaited));
            await Assert.ThrowsAsync<LeadershipLostException>(() => CommitAsync(transaction, awaited)); // Not by trying again either.
        }

        await using Ledger seen = Database.OpenUnfenced();
        Assert.Equal(0, Assert.Single(await seen.Payments.ToArrayAsync()).Amount);
    }

    /// <summary>Reading needs no leader.</summary>
    [ContractFact]
    public async Task Transaction_ThatOnlyReads_IsCommittedByAnybody()
    {
        await using Ledger standby = Database.Open(Election);
        await using IDbContextTransaction transaction = await standby.Database.BeginTransactionAsync();
        Assert.Empty(await standby.Payments.ToArrayAsync());
        Assert.Equal(0, await standby.SaveChangesAsync());
        await transaction.CommitAsync();
    }

    [ContractFact]
    public async Task Transaction_RolledBackToASavepoint_IsFencedAllTheSame()
    {
        Election.Lead(5);
        await using Ledger ledger = Database.Open(Election);
        await using (IDbContextTransaction transaction = await ledger.Database.BeginTransactionAsync())
        {
            await ledger.SaveAsync("kept");
            await transaction.CreateSavepointAsync("before");
            await ledger.SaveAsync("dropped");
            await transaction.RollbackToSavepointAsync("before");
            await transaction.CommitAsync();
        }

        Assert.Equal(["kept"], await Database.PayeesAsync());
        await Assert.ThrowsAsync<LeadershipLostException>(() => Database.Open(new StubElection().Lead(4)).SaveAsync("late"));
    }

    /// <summary>It is committed past the context, so it is checked when something is written.</summary>
    [ContractTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TransactionOfSomebodyElse_IsCheckedByTheWrite(bool awaited)
    {
        Election.Lead(5);
        await using (Ledger ledger = Database.Open(Election))
        {
            await ledger.Database.OpenConnectionAsync();
            await using DbTransaction transaction = await ledger.Database.GetDbConnection().BeginTransactionAsync();
            await ledger.Database.UseTransactionAsync(transaction);
            await ledger.SaveAsync("in time", awaited);
            await ledger.RaiseAmountsAsync(awaited);
            await transaction.CommitAsync();
        }

        await SupersedeAsync(6);
        await using (Ledger late = Database.Open(Election))
        {
            await late.Database.OpenConnectionAsync();
            await using DbTransaction transaction = await late.Database.GetDbConnection().BeginTransactionAsync();
            await late.Database.UseTransactionAsync(transaction);
            await Assert.ThrowsAsync<LeadershipLostException>(() => late.SaveAsync("late", awaited));
            await Assert.ThrowsAsync<LeadershipLostException>(() => late.RaiseAmountsAsync(awaited));
            await transaction.CommitAsync();
        }

        Assert.Equal(["in time", "successor"], await Database.PayeesAsync());
    }

    [ContractTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task EnsureLeadership_KeepsEarlierTermsOut(bool awaited)
    {
        Election.Lead(5);
        await using Ledger early = Database.Open(Election);
        await early.EnsureAsync(awaited);
        await using Ledger later = Database.Open(new StubElection("replica-2").Lead(6));
        await later.EnsureAsync(awaited);
        await later.EnsureAsync(awaited);

        await Assert.ThrowsAsync<LeadershipLostException>(() => early.SaveAsync("late", awaited));
        await Assert.ThrowsAsync<LeadershipLostException>(() => early.EnsureAsync(awaited));
        await later.SaveAsync("in time", awaited);

        Assert.Equal(["in time"], await Database.PayeesAsync());
    }

    /// <summary>For what is written past the context, in its transaction.</summary>
    [ContractFact]
    public async Task EnsureLeadership_InATransaction_GoesWithIt()
    {
        Election.Lead(5);
        await using Ledger ledger = Database.Open(Election);
        await using (IDbContextTransaction transaction = await ledger.Database.BeginTransactionAsync())
        {
            await ledger.Database.EnsureLeadershipAsync();
            await transaction.RollbackAsync();
        }

        await Database.Open(new StubElection().Lead(4)).SaveAsync("earlier");
        Assert.Equal(["earlier"], await Database.PayeesAsync());
    }

    /// <summary>What the message tells an operator to run is what helps.</summary>
    [ContractFact]
    public async Task Refusal_NamesTheStatementThatBeginsAnew()
    {
        await SupersedeAsync(6);
        await using Ledger ledger = Database.Open(Election.Lead(5));
        LeadershipLostException refused = await Assert.ThrowsAsync<LeadershipLostException>(() => ledger.SaveAsync("refused"));
        string statement = refused.Message[refused.Message.IndexOf("DELETE", StringComparison.Ordinal)..];

        await using (Ledger hand = Database.OpenUnfenced())
            Assert.Equal(1, await hand.Database.ExecuteSqlRawAsync(statement));
        await ledger.SaveChangesAsync();

        Assert.Equal(["refused", "successor"], await Database.PayeesAsync());
    }

    [ContractFact]
    public async Task OtherLease_HasATokenOfItsOwn()
    {
        await SupersedeAsync(600);
        await using Ledger other = Database.Open(new StubElection(leaseName: "o'reports").Lead(5));

        await other.SaveAsync("other");

        Assert.Equal(["other", "successor"], await Database.PayeesAsync());
        LeadershipLostException refused = await Assert.ThrowsAsync<LeadershipLostException>(
            () => Database.Open(new StubElection(leaseName: "o'reports").Lead(4)).SaveAsync("late"));
        Assert.EndsWith("= 'o''reports'", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>
    /// Of a partition: its token has nothing to do with that of the election, which this process may lead or not, and nothing with those
    /// of other partitions.
    /// </summary>
    [ContractTheory]
    [InlineData(null)]
    [InlineData(5000)]
    public async Task TermThatWasTold_IsFencedByItsOwnLease(int? tokenOfTheElection)
    {
        if (tokenOfTheElection is { } led)
            Election.Lead((UInt128)led);
        Ledger Partition(int index, int token)
        {
            Ledger ledger = Database.Open(Election);
            ledger.Database.UseLeadershipTerm(new StubElection(leaseName: $"orders-{index}").Lead((UInt128)token).Term!);
            return ledger;
        }

        await using Ledger zero = Partition(0, 5);
        await using Ledger one = Partition(1, 600);
        await one.SaveAsync("of one");
        await zero.SaveAsync("of zero");
        await Partition(0, 6).EnsureAsync(awaited: true);

        await Assert.ThrowsAsync<LeadershipLostException>(() => zero.SaveAsync("late"));
        await one.SaveAsync("of one again");

        Assert.Equal(["of one", "of one again", "of zero"], await Database.PayeesAsync());
    }

    /// <summary>Many statements, one check.</summary>
    [ContractFact]
    public async Task SaveChanges_OfManyRows_IsCheckedOnce()
    {
        var log = new List<string>();
        await using Ledger ledger = Database.Open(Election.Lead(5), options => options.LogTo(log.Add));
        await ledger.Database.EnsureLeadershipAsync();
        log.Clear();
        ledger.Payments.AddRange(Enumerable.Range(0, 2500).Select(i => new Payment { Payee = $"{i}" }));

        Assert.Equal(2500, await ledger.SaveChangesAsync());

        Assert.Single(log, line => line.Contains("Executed DbCommand", StringComparison.Ordinal)
            && line.Contains("LeadershipFence", StringComparison.Ordinal));
    }

    [ContractTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Retry_AfterAFault_IsCheckedAgainAndPasses(bool awaited)
    {
        var fault = new FaultOnce();
        await using Ledger ledger = Database.Open(Election.Lead(5), options => options.AddInterceptors(fault).UseRetries());

        Assert.Equal(1, await ledger.SaveAsync("once", awaited));
        Assert.Equal(1, await ledger.RaiseAmountsAsync(awaited));
        Assert.Equal(1, await ledger.RaiseAmountsBySqlAsync(awaited));
        await ledger.EnsureAsync(awaited);

        Assert.Equal(1, fault.Thrown);
        await using Ledger seen = Database.OpenUnfenced();
        Assert.Equal(2, Assert.Single(await seen.Payments.ToArrayAsync()).Amount);
    }

    /// <summary>The transaction that it was given is gone with the fault; the next try gets another.</summary>
    [ContractTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Retry_OfAStatementWithoutATransaction_IsDoneOnce(bool awaited)
    {
        await SupersedeAsync(4);
        var fault = new FaultOnce();
        await using Ledger ledger = Database.Open(Election.Lead(5), options => options.AddInterceptors(fault).UseRetries());

        Assert.Equal(1, await ledger.RaiseAmountsAsync(awaited));

        Assert.Equal(1, fault.Thrown);
        await using Ledger seen = Database.OpenUnfenced();
        Assert.Equal(1, Assert.Single(await seen.Payments.ToArrayAsync()).Amount);
    }

    /// <summary>Superseded between the first try and the second.</summary>
    [ContractFact]
    public async Task Retry_AfterALaterTermHasWritten_IsRefused()
    {
        var fault = new FaultOnce(() => SupersedeAsync(6));
        await using Ledger late = Database.Open(Election.Lead(5), options => options.AddInterceptors(fault).UseRetries());

        await Assert.ThrowsAsync<LeadershipLostException>(() => late.SaveAsync("late"));

        Assert.Equal(["successor"], await Database.PayeesAsync());
    }

    private protected async Task SupersedeAsync(UInt128 token)
    {
        await using Ledger successor = Database.Open(new StubElection("replica-2").Lead(token));
        await successor.SaveAsync("successor");
    }

    private static Task CommitAsync(IDbContextTransaction transaction, bool awaited)
    {
        if (awaited)
            return transaction.CommitAsync();
        try
        {
            transaction.Commit();
            return Task.CompletedTask;
        }
        catch (LeadershipLostException exception)
        {
            return Task.FromException(exception);
        }
    }
}
