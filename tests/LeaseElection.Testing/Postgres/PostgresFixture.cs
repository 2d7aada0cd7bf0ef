using Xunit;

namespace LeaseElection.Testing.Postgres;

/// <summary>One PostgreSQL for all classes of a collection, which xunit wants to be declared in the test assembly itself.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    /// <summary>The name of the collection.</summary>
    public const string Collection = "real PostgreSQL";

    private PostgresServer? _server;

    /// <summary>Why to skip, null when to run. With <c>CI=true</c> a missing PostgreSQL is no reason.</summary>
    public static string? SkipReason { get; } = ReasonToSkip(Environment.GetEnvironmentVariable);

    /// <summary>The running server.</summary>
    internal PostgresServer Server =>
        _server ?? throw new InvalidOperationException("Not started: only tests of the collection may ask for it.");

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        // xunit makes the fixture even when every test of the collection is skipped.
        if (SkipReason is null)
            _server = await PostgresServer.StartAsync();
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }

    internal static string? ReasonToSkip(Func<string, string?> variable) =>
        PostgresPrograms.Find(variable) is null && variable("CI") != "true"
            ? $"no initdb and postgres in {PostgresPrograms.FolderVariable} or in the cache: run tests/postgres/install"
            : null;
}
