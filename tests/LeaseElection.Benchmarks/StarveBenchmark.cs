using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Threading.Channels;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Benchmarks;

/// <summary>What becomes of a term while the thread pool of its process has no thread for it.</summary>
internal static class StarveBenchmark
{
    public const string Usage = """
        Usage: dotnet run -c Release --project tests/LeaseElection.Benchmarks -- starve [SECONDS]

        Starves the thread pool of a leading process for SECONDS (30), with 15/10/2 over a real API server and a second process that stands
        by, and tells whether the term was kept and how long the lease was not renewed: here, and with KubernetesClient's elector.
        """;

    public const string Command = "starve-replica";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan After = TimeSpan.FromSeconds(5);

    public static async Task<int> RunAsync(int seconds)
    {
        await using RealApiServer server = await RealApiServer.StartAsync(CancellationToken.None);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The leader's thread pool is starved for {seconds} s, 15/10/2:"));
        Console.WriteLine("| | the pool ran a piece of work | term | longest time without a renewal | "
            + "renewals meanwhile | work told to stop | another led |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        foreach (string kind in new[] { StarveReplica.Ours, StarveReplica.Theirs })
            Console.WriteLine(await MeasureAsync(server, kind, seconds));
        return 0;
    }

    private static async Task<string> MeasureAsync(RealApiServer server, string kind, int seconds)
    {
        string leaseNamespace = await server.CreateNamespaceAsync();
        ApiServerUser user = await server.CreateUserAsync(leaseNamespace, PolicyRule.Leases("get", "list", "watch", "create", "update"));
        var told = Channel.CreateUnbounded<(string Who, string Line)>();
        using Process leader = Start("leader", seconds);
        Process? standby = null;
        try
        {
            await NextAsync("leader", StarveReplica.Leads);
            standby = Start("standby", 0);
            await NextAsync("leader", StarveReplica.Starved);
            return await FollowAsync();
        }
        finally
        {
            foreach (Process process in new[] { leader, standby }.OfType<Process>())
                process.Kill();
            standby?.Dispose();
        }

        async Task<string> FollowAsync()
        {
            long begun = TimeProvider.System.GetTimestamp(), renewedAt = begun;
            TimeSpan longest = default;
            int renewals = 0;
            string? version = null, pool = null;
            TimeSpan? stopped = null, superseded = null, fed = null;
            while (fed is null || Elapsed() < fed + After)
            {
                string now = await VersionAsync();
                if (now != version)
                {
                    (version, renewedAt) = (now, TimeProvider.System.GetTimestamp());
                    renewals += (fed ?? superseded) is null ? 1 : 0;
                }

                TimeSpan quiet = TimeProvider.System.GetElapsedTime(renewedAt);
                longest = quiet > longest ? quiet : longest;
                while (told.Reader.TryRead(out (string Who, string Line) line))
                {
                    if (line == ("leader", StarveReplica.Told))
                        stopped ??= Elapsed();
                    else if (line == ("standby", StarveReplica.Leads))
                        superseded ??= Elapsed();
                    else if (line.Who == "leader" && line.Line.StartsWith(StarveReplica.Fed, StringComparison.Ordinal))
                        (fed, pool) = (Elapsed(), line.Line[StarveReplica.Fed.Length..].Trim() + " ms late");
                }

                await Task.Delay(Poll, TimeProvider.System);
            }

            string term = (stopped ?? superseded) is null ? "**kept**" : "lost";
            return string.Create(
                CultureInfo.InvariantCulture,
                $"| {kind} | {pool} | {term} | {longest.TotalSeconds:0.0} s | {renewals - 1} | {Ago(stopped)} | {Ago(superseded)} |");

            TimeSpan Elapsed() => TimeProvider.System.GetElapsedTime(begun);
            static string Ago(TimeSpan? time) => time is { } at
                ? string.Create(CultureInfo.InvariantCulture, $"after {at.TotalSeconds:0.0} s")
                : "no";
        }

        async Task NextAsync(string who, string line)
        {
            while (await told.Reader.ReadAsync().AsTask().WaitAsync(Patience, TimeProvider.System) != (who, line))
            {
            }
        }

        async Task<string> VersionAsync()
        {
            using JsonDocument lease = JsonDocument.Parse(
                await server.Admin.GetTextAsync($"/apis/coordination.k8s.io/v1/namespaces/{leaseNamespace}/leases/starve"));
            return lease.RootElement.GetProperty("metadata").GetProperty("resourceVersion").GetString()!;
        }

        Process Start(string identity, int starved)
        {
            var start = new ProcessStartInfo(
                "dotnet", [typeof(StarveBenchmark).Assembly.Location, Command, kind, starved.ToString(CultureInfo.InvariantCulture)])
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
                Environment =
                {
                    ["LeaderElection__Identity"] = identity,
                    ["LeaderElection__LeaseName"] = "starve",
                    ["LeaderElection__LeaseNamespace"] = leaseNamespace,
                    ["LeaderElection__Kubernetes__ApiServer"] = server.Url.ToString(),
                    ["LeaderElection__Kubernetes__TokenFile"] = user.TokenFile,
                    ["LeaderElection__Kubernetes__CertificateAuthorityFile"] = server.CertificateAuthorityFile,
                },
            };
            var process = new Process { StartInfo = start };
            process.OutputDataReceived += (_, line) =>
            {
                if (line.Data is { } text)
                    told.Writer.TryWrite((identity, text));
            };
            process.Start();
            process.BeginOutputReadLine();
            return process;
        }
    }
}
