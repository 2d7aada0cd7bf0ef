using LeaseElection.Samples.Tests;
using LeaseElection.Testing;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Postgres;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace LeaseElection.Hosting.EntityFrameworkCore.Tests;

/// <summary>
/// <c>samples/Fencing</c> as real processes: the leader is stopped by SIGSTOP in the middle of a payment, superseded, and continued. Three
/// times, and once in the controls; 20 times where <see cref="LongForm.IsAskedFor"/>.
/// </summary>
[Collection(PostgresFixture.Collection)]
public sealed class FencingSampleTests(PostgresFixture fixture, ITestOutputHelper output)
{
    private const string Paying = "Paying batch";
    private const string Paid = "Paid batch";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _database = $"fencing_{Guid.NewGuid():N}";

    private static int Trials => LongForm.IsAskedFor ? 20 : 3;

    private string Postgres =>
        new NpgsqlConnectionStringBuilder(fixture.Server.ConnectionString) { Database = _database, Pooling = false }.ConnectionString;

    [PostgresFact]
    public async Task LeaderFrozenInMidTransaction_ItsCommitIsRefusedByPostgres()
    {
        await using ReplicaSet replicas = OnPostgres();

        string[] ends = await FreezeAndSupersedeAsync(replicas, "Refused.", Trials);

        Assert.All(ends, end => Assert.Contains("The database has seen fencing token", end, StringComparison.Ordinal));
        Assert.Empty(await PaidTwiceAsync());
    }

    /// <summary>The control: else the test above might pass for another reason.</summary>
    [PostgresFact]
    public async Task LeaderFrozenInMidTransaction_WithoutTheFence_PaysTwice()
    {
        await using ReplicaSet replicas = OnPostgres();
        replicas.Environment["Fence"] = "false";

        string[] ends = await FreezeAndSupersedeAsync(replicas, Paid, LongForm.IsAskedFor ? Trials : 1);

        // More only where the machine stood still for so long that the two changed places in the middle of a payment.
        Assert.InRange((await PaidTwiceAsync()).Length, ends.Length, int.MaxValue);
    }

    [UnixFact]
    public async Task LeaderFrozenBeforeItWrites_IsRefusedOnSqlite()
    {
        await using var replicas = new ReplicaSet("Fencing", output);
        string connection = OnSqlite(replicas);

        await FreezeAndSupersedeAsync(replicas, "Refused.", trials: 1);

        Assert.Empty(await PaidTwiceAsync(connection));
    }

    [UnixFact]
    public async Task LeaderFrozenBeforeItWrites_WithoutTheFence_PaysTwiceOnSqlite()
    {
        await using var replicas = new ReplicaSet("Fencing", output);
        string connection = OnSqlite(replicas);
        replicas.Environment["Fence"] = "false";

        await FreezeAndSupersedeAsync(replicas, Paid, trials: 1);

        Assert.NotEmpty(await PaidTwiceAsync(connection)); // More than one as above.
    }

    /// <summary>Each trial freezes whoever pays, so the two take turns. What the frozen ones said in the end.</summary>
    private static async Task<string[]> FreezeAndSupersedeAsync(ReplicaSet replicas, string end, int trials)
    {
        replicas.Environment["Pause"] = "00:00:01";
        Replica first = replicas.Start();
        await first.WaitForAsync(Paid, Patience);
        Replica second = replicas.Start();
        await second.WaitForAsync(" leads", Patience);
        var ends = new List<string>();
        while (ends.Count < trials)
        {
            (Replica leader, Line paying) = await FreezeAsync(replicas, [first, second]);
            Replica standby = leader == first ? second : first;
            await standby.WaitForAsync(Paid, Patience, standby.Lines[^1]);
            await leader.SignalAsync("CONT");

            ends.Add((await leader.WaitForAsync(end, Patience, paying)).Text);
        }

        return [.. ends];
    }

    /// <summary>
    /// Freezes the one that pays in the middle of a payment, but not while it writes the file of the lease: then nobody could lead. Which
    /// one that is nobody can tell before: after the machine has stood still for longer than a term, the other one may lead.
    /// </summary>
    private static async Task<(Replica Leader, Line Paying)> FreezeAsync(ReplicaSet replicas, Replica[] both)
    {
        while (true)
        {
            (Replica leader, Line paying) = await NextPayingAsync(both);
            await leader.PauseAsync(Patience);
            bool isInTheMiddle = leader.Lines[^1] == paying && TimeProvider.System.GetElapsedTime(paying.At) < TimeSpan.FromSeconds(0.5);
            if (isInTheMiddle && IsUnlocked(Path.Combine(replicas.Folder, "default", "settlement", "lease.lock")))
                return (leader, paying);
            await leader.SignalAsync("CONT");
        }
    }

    /// <summary>Who begins to pay next, and says so.</summary>
    private static async Task<(Replica Leader, Line Paying)> NextPayingAsync(Replica[] both)
    {
        long since = TimeProvider.System.GetTimestamp();
        (Replica Leader, Line Paying)[] next = [];
        await Polling.UntilAsync(
            () =>
            {
                next =
                [
                    .. from replica in both
                       from line in replica.Lines
                       where line.At > since && line.Says(Paying)
                       orderby line.At descending
                       select (replica, line),
                ];
                return Task.FromResult(next.Length > 0);
            },
            Patience,
            what: "one of the two to pay");
        return next[0];
    }

    private static bool IsUnlocked(string file)
    {
        try
        {
            using var taken = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static string OnSqlite(ReplicaSet replicas) =>
        replicas.Environment["ConnectionStrings__Settlement"] = $"Data Source={Path.Combine(replicas.Folder, "settlement.db")}";

    private static async Task<int[]> PaidTwiceAsync(string sqlite)
    {
        string connection = new SqliteConnectionStringBuilder(sqlite) { Pooling = false }.ConnectionString;
        await using var context = new DbContext(new DbContextOptionsBuilder().UseSqlite(connection).Options);
        return await PaidTwiceAsync(context);
    }

    private static Task<int[]> PaidTwiceAsync(DbContext context) => context.Database
        .SqlQueryRaw<int>("""SELECT "Batch" AS "Value" FROM "Payments" GROUP BY "Batch" HAVING count(*) > 1""").ToArrayAsync();

    private ReplicaSet OnPostgres()
    {
        var replicas = new ReplicaSet("Fencing", output);
        replicas.Environment["ConnectionStrings__Settlement"] = Postgres;
        return replicas;
    }

    private async Task<int[]> PaidTwiceAsync()
    {
        await using var context = new DbContext(new DbContextOptionsBuilder().UseNpgsql(Postgres).Options);
        return await PaidTwiceAsync(context);
    }
}
