using System.Diagnostics;
using System.Globalization;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Benchmarks;

/// <summary>
/// What an app with one plain election costs, beside what it cost at an earlier commit: whoever uses nothing of what came since pays
/// nothing for it.
/// </summary>
internal static class UpgradeBenchmark
{
    public const string Usage = """
        Usage: dotnet run -c Release --project tests/LeaseElection.Benchmarks -- upgrade COMMIT [SECONDS]

        Builds this program as COMMIT has it, in a work tree of its own, and runs three replicas of it and then three of today's against one
        real API server, twice. Prints per round what starting and settling took in requests, and, over SECONDS (60) in which nothing
        happens, requests, threads, open files, CPU and memory. The account may do with Leases what the README asks for and nothing else;
        what else is asked for shows as refused. The API server counts a watch when it ends.
        """;

    private static readonly FailoverOptions Options = FailoverOptions.Parse([])!;

    public static async Task<int> RunAsync(string commit, int seconds)
    {
        string folder = Directory.CreateTempSubdirectory("upgrade-").FullName;
        try
        {
            if (await BuildAsync(commit, folder) is not { } earlier)
                return 1;
            await using RealApiServer server = await RealApiServer.StartAsync(CancellationToken.None);
            Console.WriteLine("| | requests to settle | requests in " + seconds + " s | refused | threads, "
                + "leader and standbys | files | CPU of all | RSS, most |");
            Console.WriteLine("|---|---|---|---|---|---|---|---|");
            for (int round = 0; round < 2; round++)
            {
                Console.WriteLine(await MeasureAsync(server, commit, earlier, seconds));
                Console.WriteLine(await MeasureAsync(server, "today", null, seconds));
            }

            return 0;
        }
        finally
        {
            await ExecuteAsync("git", "worktree", "remove", "--force", folder);
        }
    }

    /// <summary>The program as a commit has it, or nothing if it could not be had.</summary>
    private static async Task<string?> BuildAsync(string commit, string folder)
    {
        string project = Path.Combine(folder, "tests", "LeaseElection.Benchmarks");
        bool isBuilt = await ExecuteAsync("git", "worktree", "add", "--detach", folder, commit)
            && await ExecuteAsync("dotnet", "build", project, "-c", "Release", "-v", "quiet", "--nologo");
        return isBuilt ? Path.Combine(project, "bin", "Release", "net10.0", "LeaseElection.Benchmarks.dll") : null;
    }

    private static async Task<string> MeasureAsync(RealApiServer server, string what, string? program, int seconds)
    {
        // A watch is counted when it ends: those of before.
        await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, CancellationToken.None);
        Requests begin = await Requests.CountAsync(server);
        using ReplicaSet replicas = await ReplicaSet.StartAsync(server, Options, program: program);
        // What starts late, and is jitted late, is not idle.
        await Task.Delay(TimeSpan.FromSeconds(10), TimeProvider.System, CancellationToken.None);
        Requests before = await Requests.CountAsync(server);
        ReplicaProcess[] all = [replicas.Leader, .. replicas.Running.Except([replicas.Leader])];
        TimeSpan[] cpu = [.. all.Select(replica => ProcessCost.Cpu(replica.Pid))];
        await Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System, CancellationToken.None);

        Requests after = await Requests.CountAsync(server);
        double share = all.Select((replica, i) => ProcessCost.Cpu(replica.Pid) - cpu[i]).Sum(used => used.TotalSeconds) / seconds;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {what} | {before.Since(begin)} | {after.Since(before)} | {after.Refused - begin.Refused} "
            + $"| {string.Join(", ", all.Select(replica => ProcessCost.Threads(replica.Pid)))} | "
            + $"{string.Join(", ", all.Select(replica => ProcessCost.Files(replica.Pid)))} "
            + $"| {share:0.0%} of a core | {all.Max(replica => ProcessCost.ResidentKib(replica.Pid)) / 1024.0:0} MB |");
    }

    private static async Task<bool> ExecuteAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, UseShellExecute = false })!;
        string said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            await Console.Error.WriteLineAsync($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {said}");
        return process.ExitCode == 0;
    }

    /// <summary>What the API server has counted: requests on Leases, and what it refused, which is all that is asked for besides.</summary>
    private sealed record Requests(IReadOnlyDictionary<string, double> ByVerb, double Refused)
    {
        public static async Task<Requests> CountAsync(RealApiServer server) =>
            new(await server.CountLeaseRequestsAsync(), await server.CountRefusedRequestsAsync());

        public string Since(Requests earlier) =>
            string.Join(", ", ByVerb.Select(verb => (verb.Key, Count: verb.Value - earlier.ByVerb.GetValueOrDefault(verb.Key)))
                .Where(verb => verb.Count > 0).OrderBy(verb => verb.Key, StringComparer.Ordinal)
                .Select(verb => string.Create(CultureInfo.InvariantCulture, $"{verb.Key} {verb.Count}")));
    }
}
