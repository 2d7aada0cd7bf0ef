using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Testing.Postgres;

/// <summary>
/// A PostgreSQL with an empty database and nobody else's, on a port of this machine's loopback; gone when this is disposed of.
/// </summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private readonly GuardedProcess _process;

    private PostgresServer(GuardedProcess process, int port)
    {
        _process = process;
        ConnectionString = $"Host=127.0.0.1;Port={port};Username=postgres;Database=postgres";
    }

    /// <summary>As the superuser.</summary>
    public string ConnectionString { get; }

    /// <summary>Starts it, with the settings that Debian's has, but for the number of connections.</summary>
    /// <exception cref="InvalidOperationException">It cannot start: says why.</exception>
    public static async Task<PostgresServer> StartAsync()
    {
        try
        {
            return await StartOnceAsync();
        }
        catch (InvalidOperationException exception) when (exception.Message.Contains("could not bind", StringComparison.Ordinal))
        {
            // Some other process took the port between our look and the server's; another will do.
            return await StartOnceAsync();
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static async Task<PostgresServer> StartOnceAsync()
    {
        string programs = PostgresPrograms.Folder;
        string folder = Directory.CreateTempSubdirectory("leaseelection-postgres-").FullName;
        string data = Path.Combine(folder, "data");
        string log = Path.Combine(folder, "log");
        await using (GuardedProcess initdb = await GuardedProcess.StartAsync(
            Path.Combine(programs, "initdb"),
            ["-D", data, "-U", "postgres", "--auth=trust", "--locale=C", "--encoding=UTF8", "--no-sync"],
            log))
        {
            if (await initdb.Exited != 0)
                throw new InvalidOperationException($"initdb failed: {await File.ReadAllTextAsync(log)}");
        }

        int port = UnusedPorts.Take(1)[0];
        GuardedProcess process = await GuardedProcess.StartAsync(
            Path.Combine(programs, "postgres"),
            [
                "-D", data, "-p", $"{port}", "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c",
                "max_connections=200",
            ],
            log,
            removeAtEnd: folder);
        var server = new PostgresServer(process, port);
        try
        {
            await Polling.UntilAsync(
                async () => process.Exited.IsCompleted
                    ? throw new InvalidOperationException($"PostgreSQL does not start: {await File.ReadAllTextAsync(log)}")
                    : (await File.ReadAllTextAsync(log)).Contains("ready to accept connections", StringComparison.Ordinal),
                Signal.Patience);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }

        return server;
    }
}
