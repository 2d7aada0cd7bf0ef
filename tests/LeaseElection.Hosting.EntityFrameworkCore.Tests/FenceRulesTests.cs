using LeaseElection.Hosting.EntityFrameworkCore.Tests.Ledgers;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace LeaseElection.Hosting.EntityFrameworkCore.Tests;

/// <summary>Who may write at all, and what is refused before the database is asked.</summary>
public sealed class FenceRulesTests : IAsyncLifetime
{
    private readonly StubElection _election = new();
    private LedgerDatabase _database = null!;

    public async Task InitializeAsync() => _database = await LedgerDatabase.OnSqliteAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Write_OutsideATerm_IsRefused(bool awaited)
    {
        await using Ledger ledger = _database.Open(_election);
        await Assert.ThrowsAsync<LeadershipLostException>(() => ledger.RaiseAmountsAsync(awaited));
        await Assert.ThrowsAsync<LeadershipLostException>(() => ledger.RaiseAmountsBySqlAsync(awaited));
        await Assert.ThrowsAsync<LeadershipLostException>(() => ledger.EnsureAsync(awaited));

        LeadershipLostException refused = await Assert.ThrowsAsync<LeadershipLostException>(() => ledger.SaveAsync("nobody", awaited));

        Assert.Equal(
            "Ledger may write only while this process leads lease default/settlement, and it does not: nothing was written. Write from the "
            + "leader's work; in partitioned work, and under a lock, call Database.UseLeadershipTerm(term) first; a context that other "
            + "replicas write with as well wants no UseLeadershipFence, or allowOutsideTerm: true.",
            refused.Message);
        Assert.Empty(await _database.PayeesAsync());
    }

    [Fact]
    public async Task Write_OutsideATermThatIsAllowed_IsNotFenced()
    {
        await using var ledger = new Ledger(_database.Options(_election, allowOutsideTerm: true).Options);
        await ledger.SaveAsync("anybody");
        Assert.Equal(1, await ledger.RaiseAmountsAsync(awaited: true));
        await using (IDbContextTransaction transaction = await ledger.Database.BeginTransactionAsync())
        {
            await ledger.SaveAsync("in a transaction");
            await transaction.CommitAsync();
        }

        Assert.Equal(["anybody", "in a transaction"], await _database.PayeesAsync());
        await Assert.ThrowsAsync<LeadershipLostException>(() => ledger.Database.EnsureLeadershipAsync());
    }

    /// <summary>A leader that was superseded must not pass for a process that never led.</summary>
    [Fact]
    public async Task Write_AfterTheTermOfTheContext_IsRefusedAlsoWhereOutsideIsAllowed()
    {
        await using var ledger = new Ledger(_database.Options(_election.Lead(5), allowOutsideTerm: true).Options);
        Assert.Empty(await ledger.Payments.ToArrayAsync());
        _election.Source = null;

        LeadershipLostException refused = await Assert.ThrowsAsync<LeadershipLostException>(() => ledger.SaveAsync("late"));

        Assert.Equal(
            "Ledger belongs to a term of replica-1 for lease default/settlement that is over: nothing was written.", refused.Message);
        Assert.Empty(await _database.PayeesAsync());
    }

    /// <summary>What it has read may be of before the terms of others.</summary>
    [Fact]
    public async Task Write_OfAnEarlierTermsContextInALaterTerm_IsRefused()
    {
        await using Ledger ledger = _database.Open(_election.Lead(5));
        Assert.Empty(await ledger.Payments.ToArrayAsync());
        _election.Lead(9);

        LeadershipLostException refused = await Assert.ThrowsAsync<LeadershipLostException>(() => ledger.SaveAsync("stale"));

        Assert.EndsWith(
            "that is over: nothing was written. This process leads again: make a new context for each term, because what this one has read "
            + "may be of before.",
            refused.Message,
            StringComparison.Ordinal);
        await using Ledger fresh = _database.Open(_election);
        await fresh.SaveAsync("fresh");
        Assert.Equal(["fresh"], await _database.PayeesAsync());
    }

    [Fact]
    public async Task Write_OfATermThatEndsInTheMiddle_IsRefusedAtTheCommit()
    {
        await using Ledger ledger = _database.Open(_election.Lead(5));
        await using (IDbContextTransaction transaction = await ledger.Database.BeginTransactionAsync())
        {
            await ledger.SaveAsync("late");
            _election.Source!.Lose();
            await Assert.ThrowsAsync<LeadershipLostException>(() => transaction.CommitAsync());
        }

        Assert.Empty(await _database.PayeesAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Write_OfATermWithoutToken_IsRefused(bool awaited)
    {
        await using Ledger ledger = _database.Open(_election.Lead(null));

        InvalidOperationException refused =
            await Assert.ThrowsAsync<InvalidOperationException>(() => ledger.SaveAsync("unfenced", awaited));

        Assert.Equal(
            "Ledger cannot be fenced, so nothing was written. The term of lease default/settlement has "
                + "no fencing token: its resource version "
            + "is not a number that grows. Check whether etcd was restored from a backup without --bump-revision.",
            refused.Message);
        Assert.Empty(await _database.PayeesAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SaveChanges_WithoutChanges_NeedsNoLeader(bool awaited)
    {
        foreach (StubElection election in (StubElection[])[new(), new StubElection().Lead(null)])
        {
            await using Ledger ledger = _database.Open(election);
            Assert.Equal(0, awaited ? await ledger.SaveChangesAsync() : ledger.SaveChanges());
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SaveChanges_ThatBeginsNoTransactions_IsRefusedWithoutOne(bool awaited)
    {
        await using Ledger ledger = _database.Open(_election.Lead(5));
        ledger.Database.AutoTransactionBehavior = AutoTransactionBehavior.Never;

        InvalidOperationException refused =
            await Assert.ThrowsAsync<InvalidOperationException>(() => ledger.SaveAsync("unfenced", awaited));

        Assert.Equal(
            "Ledger has AutoTransactionBehavior.Never, and nothing was written: a fence checks the "
                + "transaction that it stands in. Begin one "
            + "(Database.BeginTransaction), or use AutoTransactionBehavior.WhenNeeded.",
            refused.Message);
        await using IDbContextTransaction transaction = await ledger.Database.BeginTransactionAsync();
        await ledger.SaveChangesAsync();
        await transaction.CommitAsync();
        Assert.Equal(["unfenced"], await _database.PayeesAsync());
    }

    /// <summary>As an interceptor does that writes down who changed what. The end of the inner one is not that of the outer one.</summary>
    [Fact]
    public async Task SaveChanges_InTheMidstOfAnother_LeavesThatFenced()
    {
        var options = _database.Options(_election.Lead(5)).AddInterceptors(new SavesFirst());
        await using var ledger = new Ledger(options.Options);

        await ledger.SaveAsync("outer");

        Assert.Equal(AutoTransactionBehavior.WhenNeeded, ledger.Database.AutoTransactionBehavior);
        Assert.Equal(["inner", "outer"], await _database.PayeesAsync());
    }

    [Fact]
    public async Task Pool_HandsAContextOfAnEarlierTermOut_AsOneThatBelongsToNone()
    {
        var services = new ServiceCollection();
        services.AddSingleton<ILeaderElection>(_election).AddDbContextPool<Ledger>((provider, options) =>
        {
            _database.Use(options);
            options.UseLeadershipFence(provider.GetRequiredService<ILeaderElection>());
        });
        await using ServiceProvider provider = services.BuildServiceProvider();
        List<Ledger> used = [];
        foreach (int token in (int[])[5, 9])
        {
            _election.Lead((UInt128)token);
            await using AsyncServiceScope scope = provider.CreateAsyncScope();
            used.Add(scope.ServiceProvider.GetRequiredService<Ledger>());
            await used[^1].SaveAsync($"{token}");
        }

        Assert.Same(used[0], used[1]);
        Assert.Equal(["5", "9"], await _database.PayeesAsync());
    }

    [Fact]
    public async Task Model_WithoutTheTable_IsRefusedWithWhatToCall()
    {
        var options = new DbContextOptionsBuilder<Bare>();
        _database.Use(options);
        await using var context = new Bare(options.UseLeadershipFence(_election.Lead(5)).Options);
        context.Add(new Payment { Payee = "nobody" });

        InvalidOperationException refused = await Assert.ThrowsAsync<InvalidOperationException>(() => context.SaveChangesAsync());

        Assert.Equal(
            "UseLeadershipFence finds no table for the fencing token in the model of Bare: call modelBuilder.HasLeadershipFence() in its "
            + "OnModelCreating, and add a migration.",
            refused.Message);
    }

    /// <summary>As in the unit tests of an app. Entity Framework's own words for it are of a service that cannot be resolved.</summary>
    [Fact]
    public async Task DatabaseThatIsNotRelational_IsRefusedWithTheWayOut()
    {
        DbContextOptions<Ledger> options = new DbContextOptionsBuilder<Ledger>()
            .UseInMemoryDatabase("ledger").UseLeadershipFence(_election.Lead(5)).Options;
        await using var ledger = new Ledger(options);

        foreach (Func<Task> act in (Func<Task>[])[() => ledger.SaveAsync("nobody"), () => ledger.Database.EnsureLeadershipAsync()])
        {
            InvalidOperationException refused = await Assert.ThrowsAsync<InvalidOperationException>(act);
            Assert.Equal(
                "Ledger cannot be fenced, so nothing was written: its database "
                    + "(Microsoft.EntityFrameworkCore.InMemory) is not relational, and "
                + "the fence is a row that the database checks. In tests use SQLite, which "
                + "has one in memory too, or leave UseLeadershipFence out.",
                refused.Message);
        }
    }

    [Fact]
    public async Task EnsureLeadership_WithoutAFence_IsRefused()
    {
        await using Ledger ledger = _database.OpenUnfenced();
        InvalidOperationException refused =
            await Assert.ThrowsAsync<InvalidOperationException>(() => ledger.Database.EnsureLeadershipAsync());
        Assert.Equal("Ledger has no fence: call UseLeadershipFence where its options are built.", refused.Message);
    }

    [Fact]
    public void UseLeadershipFence_Twice_IsOneFence_ButNotOfTwoElections()
    {
        DbContextOptionsBuilder<Ledger> options = _database.Options(_election).UseLeadershipFence(_election);

        Assert.Single(options.Options.FindExtension<CoreOptionsExtension>()!.Interceptors!.OfType<SaveChangesFence>());
        InvalidOperationException refused = Assert.Throws<InvalidOperationException>(() => options.UseLeadershipFence(new StubElection()));
        Assert.Equal(
            "UseLeadershipFence was called twice for Ledger, with different arguments. What two "
                + "elections protect belongs into two contexts.",
            refused.Message);
    }

    [Fact]
    public async Task Write_OfAContextThatWasToldNoTerm_IsRefused()
    {
        await using Ledger ledger = _database.OpenForTerms();
        await Assert.ThrowsAsync<LeadershipLostException>(() => ledger.Database.EnsureLeadershipAsync());

        LeadershipLostException refused = await Assert.ThrowsAsync<LeadershipLostException>(() => ledger.SaveAsync("nobody"));

        Assert.Equal(
            "Ledger was told no term, so nothing was written: call Database.UseLeadershipTerm(term) first, with the term that the work, or "
            + "the lock, was given.",
            refused.Message);
        ledger.Database.UseLeadershipTerm(_election.Lead(5).Term!);
        await ledger.SaveChangesAsync();
        Assert.Equal(["nobody"], await _database.PayeesAsync());
    }

    [Fact]
    public async Task UseLeadershipTerm_OfAnotherTerm_IsRefused()
    {
        await using Ledger ledger = _database.OpenForTerms();
        LeadershipTerm first = new StubElection(leaseName: "orders-0").Lead(5).Term!;
        ledger.Database.UseLeadershipTerm(first);
        ledger.Database.UseLeadershipTerm(first);

        InvalidOperationException refused = Assert.Throws<InvalidOperationException>(
            () => ledger.Database.UseLeadershipTerm(new StubElection(leaseName: "orders-1").Lead(5).Term!));

        Assert.Equal(
            "Ledger belongs to a term of lease default/orders-0 already, and cannot belong to one of "
                + "default/orders-1 too: make a new context "
            + "for each term, and call UseLeadershipTerm before anything else.",
            refused.Message);
    }

    [Fact]
    public async Task Write_OfATermThatWasTold_IsRefusedWhenThatIsOver()
    {
        await using Ledger ledger = _database.OpenForTerms();
        ledger.Database.UseLeadershipTerm(_election.Lead(5).Term!);
        await ledger.SaveAsync("in time");
        _election.Source!.Lose();

        await Assert.ThrowsAsync<LeadershipLostException>(() => ledger.SaveAsync("late"));

        Assert.Equal(["in time"], await _database.PayeesAsync());
    }

    /// <summary>Neither is anything that a leader does.</summary>
    [Fact]
    public async Task CreatingTheDatabase_NeedsNoLeader()
    {
        await using Ledger ledger = _database.Open(_election);
        await ledger.Database.EnsureDeletedAsync();
        await ledger.Database.EnsureCreatedAsync();
        Assert.Contains(
            "\"Token\" TEXT NOT NULL", ledger.Database.GenerateCreateScript(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Table_MayHaveAnyName()
    {
        var options = new DbContextOptionsBuilder<Named>();
        _database.Use(options);
        await using var context = new Named(options.UseLeadershipFence(_election.Lead(5)).Options);
        await context.Database.EnsureDeletedAsync();
        await context.Database.EnsureCreatedAsync();

        await context.Database.EnsureLeadershipAsync();

        const string Tokens = """SELECT CAST("Token" AS INTEGER) AS "Value" FROM "of ""whom" """;
        Assert.Equal(5, Assert.Single(await context.Database.SqlQueryRaw<int>(Tokens).ToArrayAsync()));
    }

    private sealed class SavesFirst : SaveChangesInterceptor
    {
        private bool _saves;

        public override async ValueTask<InterceptionResult<int>> SavingChangesAsync(
            DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
        {
            if (_saves)
                return result;
            _saves = true;
            var ledger = (Ledger)eventData.Context!;
            Payment outer = Assert.Single(ledger.ChangeTracker.Entries<Payment>()).Entity;
            ledger.Entry(outer).State = EntityState.Detached;
            await ledger.SaveAsync("inner");
            ledger.Add(outer);
            return result;
        }
    }

    private sealed class Bare(DbContextOptions<Bare> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Payment>();
    }

    private sealed class Named(DbContextOptions<Named> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.HasLeadershipFence("of \"whom");
    }
}
