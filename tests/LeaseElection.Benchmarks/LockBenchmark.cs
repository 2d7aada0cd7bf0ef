using System.Globalization;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Postgres;
using Medallion.Threading;
using Medallion.Threading.Postgres;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LeaseElection.Benchmarks;

/// <summary>
/// What a lock costs, and how soon who waits for it has it, beside DistributedLock.Postgres on a real PostgreSQL, in the same run. Holder
/// and waiter have connections of their own, as two processes have.
/// </summary>
internal static class LockBenchmark
{
    public const string Usage = """
        Usage: dotnet run -c Release --project tests/LeaseElection.Benchmarks -- locks [TRIALS]

        Measures, on a real API server and a real PostgreSQL (tests/postgres/install), so many times each (100): from the beginning of a
        release to the acquisition of a waiter, and a lock that nobody else wants, taken and released.
        """;

    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(50);

    public static async Task RunAsync(int trials)
    {
        await using RealApiServer server = await RealApiServer.StartAsync(CancellationToken.None);
        await using PostgresServer postgres = await PostgresServer.StartAsync();
        string leaseNamespace = await server.CreateNamespaceAsync();
        ApiServerUser user = await server.CreateUserAsync(leaseNamespace, PolicyRule.Leases("get", "create", "update", "watch"));
        using IHost holders = Leases(server, user, leaseNamespace);
        using IHost waiters = Leases(server, user, leaseNamespace);
        (string Name, IDistributedLockProvider Holder, IDistributedLockProvider Waiter)[] contestants =
        [
            ("LeaseElection.DistributedLock", Locks(holders), Locks(waiters)),
            ("DistributedLock.Postgres", Locks(postgres, "holder"), Locks(postgres, "waiter")),
        ];
        List<TimeSpan>[] handOvers = [[], []], alone = [[], []];

        // In turn, so that both meet the same machine; the first ones are not counted: connections, and code that is not compiled yet.
        for (int i = -5; i < trials; i++)
        {
            for (int one = 0; one < contestants.Length; one++)
            {
                TimeSpan handOver = await HandOverAsync(contestants[one].Holder, contestants[one].Waiter);
                TimeSpan cost = await AloneAsync(contestants[one].Holder);
                if (i >= 0)
                {
                    handOvers[one].Add(handOver);
                    alone[one].Add(cost);
                }
            }
        }

        Console.WriteLine("| | from release to the waiter's acquisition | taken and released, nobody else wants it |");
        Console.WriteLine("|---|---|---|");
        for (int one = 0; one < contestants.Length; one++)
            Console.WriteLine($"| {contestants[one].Name} | {Figures.Fine(handOvers[one])} | {Figures.Fine(alone[one])} |");
    }

    private static async Task<TimeSpan> HandOverAsync(IDistributedLockProvider holder, IDistributedLockProvider waiter)
    {
        IDistributedSynchronizationHandle held = await holder.AcquireLockAsync("contended");
        Task<long> waiting = AcquiredAsync(waiter);
        await Task.Delay(Settle * (1 + Random.Shared.NextDouble()), TimeProvider.System, CancellationToken.None);
        if (waiting.IsCompleted)
            throw new InvalidOperationException("The waiter did not wait.");
        long begun = TimeProvider.System.GetTimestamp();
        await held.DisposeAsync();
        return TimeProvider.System.GetElapsedTime(begun, await waiting);
    }

    private static async Task<long> AcquiredAsync(IDistributedLockProvider locks)
    {
        await using (await locks.AcquireLockAsync("contended"))
            return TimeProvider.System.GetTimestamp();
    }

    private static async Task<TimeSpan> AloneAsync(IDistributedLockProvider locks)
    {
        long begun = TimeProvider.System.GetTimestamp();
        await using (await locks.AcquireLockAsync("alone"))
        {
        }

        return TimeProvider.System.GetElapsedTime(begun);
    }

    private static IHost Leases(RealApiServer server, ApiServerUser user, string leaseNamespace)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddLeaseLocks(options =>
        {
            options.LeaseNamespace = leaseNamespace;
            options.Kubernetes.ApiServer = server.Url.ToString();
            options.Kubernetes.TokenFile = user.TokenFile;
            options.Kubernetes.CertificateAuthorityFile = server.CertificateAuthorityFile;
        });
        return builder.Build();
    }

    private static IDistributedLockProvider Locks(IHost host) => host.Services.GetRequiredService<IDistributedLockProvider>();

    /// <summary>Connections are shared by those whose connection string is the same.</summary>
    private static PostgresDistributedSynchronizationProvider Locks(PostgresServer postgres, string name) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{postgres.ConnectionString};Application Name={name}"));
}
