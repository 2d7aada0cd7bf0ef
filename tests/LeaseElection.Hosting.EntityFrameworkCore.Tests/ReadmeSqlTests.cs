using System.Data.Common;
using LeaseElection.Testing;
using LeaseElection.Testing.Postgres;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace LeaseElection.Hosting.EntityFrameworkCore.Tests;

/// <summary>The statements that the README gives to who writes by ADO.NET or Dapper.</summary>
[Collection(PostgresFixture.Collection)]
public sealed class ReadmeSqlTests(PostgresFixture fixture)
{
    private const string Greatest = "340282366920938463463374607431768211455";

    private static readonly string[] Blocks =
    [
        .. File.ReadAllText(Path.Combine(Checkout.Root, "src", "LeaseElection.Hosting.EntityFrameworkCore", "README.md"))
            .Split("```sql\n").Skip(1).Select(block => block.Split("```")[0]),
    ];

    private static string PostgresTable => Blocks[1];

    private static string Hold => Blocks[2];

    private static string PostgresRaise => Blocks[3];

    private static string SqliteTable => Blocks[4];

    private static string SqliteRaise => Blocks[5];

    [PostgresFact]
    public async Task Postgres_RefusesSmallerTokens()
    {
        await using var connection = new NpgsqlConnection(fixture.Server.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using DbTransaction transaction = await connection.BeginTransactionAsync();
        await Command(connection, PostgresTable).ExecuteNonQueryAsync();

        Assert.False(await PassesAsync(transaction, "9", isHeld: true));
        Assert.True(await PassesAsync(transaction, "9"));
        Assert.True(await PassesAsync(transaction, "9", isHeld: true));
        Assert.True(await PassesAsync(transaction, "10"));
        Assert.False(await PassesAsync(transaction, "9"));
        Assert.True(await PassesAsync(transaction, Greatest));
        Assert.False(await PassesAsync(transaction, Greatest[..^1] + "4"));
        await transaction.RollbackAsync(); // The table too: others of this test use the same database.

        static async Task<bool> PassesAsync(DbTransaction transaction, string token, bool isHeld = false) => isHeld
            ? await Command(transaction.Connection!, Hold, token).ExecuteScalarAsync() is not null
            : await Command(transaction.Connection!, PostgresRaise, token).ExecuteNonQueryAsync() == 1;
    }

    [Fact]
    public async Task Sqlite_RefusesSmallerTokens()
    {
        await using var connection = new SqliteConnection("Data Source=:memory:");
        await connection.OpenAsync();
        await Command(connection, SqliteTable).ExecuteNonQueryAsync();

        (UInt128 Token, int Rows)[] writes = [(9, 1), (9, 1), (10, 1), (9, 0), (UInt128.MaxValue, 1), (UInt128.MaxValue - 1, 0)];
        foreach ((UInt128 token, int rows) in writes)
            Assert.Equal(rows, await Command(connection, SqliteRaise, token.ToString("D39", null)).ExecuteNonQueryAsync());
    }

    /// <summary>Of another order of the page the tests above would know nothing.</summary>
    [Fact]
    public void Page_HasTheStatementsInThisOrder() => Assert.Equal(
        ["DELETE", "CREATE", "SELECT", "INSERT", "CREATE", "INSERT"], Blocks.Select(block => block.Split(' ')[0]));

    private static DbCommand Command(DbConnection connection, string sql, string? token = null)
    {
        DbCommand command = connection.CreateCommand();
        command.CommandText = sql;
        (string, string)[] parameters = token is null ? [] : [("namespace", "default"), ("name", "settlement"), ("token", token)];
        foreach ((string name, string value) in parameters)
        {
            DbParameter parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value;
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
