using LeaseElection.Testing.Postgres;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace LeaseElection.Hosting.EntityFrameworkCore.Tests.Ledgers;

/// <summary>A database of one test, with the tables of <see cref="Ledger"/>; gone when this is disposed of.</summary>
internal sealed class LedgerDatabase : IAsyncDisposable
{
    private readonly Func<ValueTask> _remove;

    private LedgerDatabase(string connectionString, Action<DbContextOptionsBuilder> use, Func<ValueTask> remove)
    {
        ConnectionString = connectionString;
        Use = use;
        _remove = remove;
    }

    public string ConnectionString { get; }

    /// <summary>Has a context use this database.</summary>
    public Action<DbContextOptionsBuilder> Use { get; }

    public static async Task<LedgerDatabase> OnSqliteAsync()
    {
        string folder = Directory.CreateTempSubdirectory("lease-election-fence-").FullName;
        string connectionString = $"Data Source={Path.Combine(folder, "ledger.db")};Pooling=false;Default Timeout=1";
        return await new LedgerDatabase(connectionString, options => options.UseSqlite(connectionString), () =>
        {
            Directory.Delete(folder, recursive: true);
            return ValueTask.CompletedTask;
        }).CreatedAsync();
    }

    public static async Task<LedgerDatabase> OnPostgresAsync(PostgresServer server)
    {
        string connectionString = new NpgsqlConnectionStringBuilder(server.ConnectionString)
        {
            Database = $"ledger_{Guid.NewGuid():N}",
            Pooling = false,
        }.ConnectionString;
        return await new LedgerDatabase(connectionString, options => options.UseNpgsql(connectionString), () => ValueTask.CompletedTask)
            .CreatedAsync();
    }

    /// <summary>A context of a process that stands in <paramref name="election"/>.</summary>
    public Ledger Open(ILeaderElection election, Action<DbContextOptionsBuilder<Ledger>>? configure = null) =>
        new(Options(election, configure).Options);

    public DbContextOptionsBuilder<Ledger> Options(
        ILeaderElection election, Action<DbContextOptionsBuilder<Ledger>>? configure = null, bool allowOutsideTerm = false)
    {
        var options = new DbContextOptionsBuilder<Ledger>();
        Use(options);
        configure?.Invoke(options);
        return options.UseLeadershipFence(election, allowOutsideTerm);
    }

    /// <summary>A context that is told its term.</summary>
    public Ledger OpenForTerms()
    {
        var options = new DbContextOptionsBuilder<Ledger>();
        Use(options);
        return new Ledger(options.UseLeadershipFence().Options);
    }

    /// <summary>A context that nobody fences.</summary>
    public Ledger OpenUnfenced()
    {
        var options = new DbContextOptionsBuilder<Ledger>();
        Use(options);
        return new Ledger(options.Options);
    }

    public async Task<string[]> PayeesAsync()
    {
        await using Ledger ledger = OpenUnfenced();
        return await ledger.Payments.OrderBy(payment => payment.Payee).Select(payment => payment.Payee).ToArrayAsync();
    }

    public ValueTask DisposeAsync() => _remove();

    private async Task<LedgerDatabase> CreatedAsync()
    {
        await using Ledger ledger = OpenUnfenced();
        await ledger.Database.EnsureCreatedAsync();
        return this;
    }
}
