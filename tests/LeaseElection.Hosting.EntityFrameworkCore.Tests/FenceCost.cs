using System.Globalization;
using LeaseElection.Hosting.EntityFrameworkCore.Tests.Ledgers;
using LeaseElection.Testing.Postgres;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace LeaseElection.Hosting.EntityFrameworkCore.Tests;

/// <summary>
/// What the fence costs a <c>SaveChanges</c>, beside one without it in the same run:
/// <c>dotnet run -c Release --project tests/LeaseElection.Hosting.EntityFrameworkCore.Tests -- fence [TRIALS]</c>.
/// </summary>
internal static class FenceCost
{
    public const string Command = "fence";

    private static readonly (string Name, Func<Ledger, Task> Write)[] Kinds =
    [
        ("one row", ledger => WriteAsync(ledger, rows: 1)),
        ("100 rows", ledger => WriteAsync(ledger, rows: 100)),
        ("one row, in a transaction of the app", async ledger =>
        {
            await using IDbContextTransaction transaction = await ledger.Database.BeginTransactionAsync();
            await WriteAsync(ledger, rows: 1);
            await transaction.CommitAsync();
        }),
    ];

    public static async Task RunAsync(int trials)
    {
        await using PostgresServer server = await PostgresServer.StartAsync();
        await using LedgerDatabase postgres = await LedgerDatabase.OnPostgresAsync(server);
        await using LedgerDatabase sqlite = await LedgerDatabase.OnSqliteAsync();
        Console.WriteLine("| SaveChanges of | without | fenced |");
        Console.WriteLine("|---|---|---|");
        foreach ((string name, Func<Ledger, Task> write) in Kinds)
        {
            await MeasureAsync("PostgreSQL: " + name, postgres, write, trials);
            await MeasureAsync("SQLite: " + name, sqlite, write, trials);
        }
    }

    /// <summary>In turn, so that both meet the same machine; the first ones are not counted.</summary>
    private static async Task MeasureAsync(string name, LedgerDatabase database, Func<Ledger, Task> write, int trials)
    {
        var election = new StubElection().Lead(5);
        await using Ledger fenced = database.Open(election);
        await using Ledger bare = database.OpenUnfenced();
        List<TimeSpan>[] times = [[], []];
        foreach (Ledger ledger in (Ledger[])[bare, fenced])
            await ledger.Database.OpenConnectionAsync(); // As a pool keeps it.
        for (int i = -50; i < trials; i++)
        {
            for (int one = 0; one < times.Length; one++)
            {
                long begun = TimeProvider.System.GetTimestamp();
                await write(one == 0 ? bare : fenced);
                if (i >= 0)
                    times[one].Add(TimeProvider.System.GetElapsedTime(begun));
                (one == 0 ? bare : fenced).ChangeTracker.Clear();
            }
        }

        Console.WriteLine($"| {name} | {Median(times[0])} | {Median(times[1])} |");
    }

    private static Task<int> WriteAsync(Ledger ledger, int rows)
    {
        ledger.Payments.AddRange(Enumerable.Range(0, rows).Select(i => new Payment { Payee = $"{i}" }));
        return ledger.SaveChangesAsync();
    }

    private static string Median(List<TimeSpan> times) => string.Create(
        CultureInfo.InvariantCulture, $"{times.Order().ElementAt(times.Count / 2).TotalMilliseconds:0.00} ms");
}
