using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Processes;

namespace LeaseElection.Hosting.ClusterTests.Faults.Packets;

/// <summary>
/// All trials of one command line, run as a process of its own, because a process of many threads cannot enter another namespace, and one
/// that is not root may only change what it was started in.
/// </summary>
internal static class CutTrials
{
    /// <summary>The first argument for whoever wants to see the figures.</summary>
    public const string Command = "dropped";

    /// <summary>The first argument of the process that is in a namespace of its own.</summary>
    public const string InsideCommand = "dropped-inside";

    /// <summary>Runs the program for either first argument, the second inside of the first; returns the exit code.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        string[] rest = args[1..];
        if (CutOptions.Parse(rest) is not { } options)
        {
            await Console.Error.WriteLineAsync(CutOptions.Usage);
            return 2;
        }

        if (args[0] == InsideCommand)
        {
            await RunAsync(options);
            return 0;
        }

        return await FollowAsync(rest);
    }

    /// <summary>Starts the process that is in a namespace of its own.</summary>
    /// <param name="arguments">Those of <see cref="CutOptions"/>.</param>
    /// <param name="log">Where what it prints goes: the rows of a table, which <see cref="Cut.Parse"/> reads.</param>
    public static Task<GuardedProcess> StartAsync(IEnumerable<string> arguments, string log) => NetworkNamespaces.StartAsync(
        "dotnet", [typeof(CutTrials).Assembly.Location, InsideCommand, .. arguments], log);

    /// <summary>Starts it, prints what it prints, and returns its exit code.</summary>
    private static async Task<int> FollowAsync(string[] arguments)
    {
        string log = Path.GetTempFileName();
        try
        {
            await using GuardedProcess inside = await StartAsync(arguments, log);
            using var reader = new StreamReader(new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            await Polling.UntilAsync(
                async () =>
                {
                    bool hasExited = inside.Exited.IsCompleted; // Before the look: what it wrote last is then not missed.
                    await Console.Out.WriteAsync(await reader.ReadToEndAsync());
                    return hasExited;
                },
                TimeSpan.MaxValue);
            return await inside.Exited;
        }
        finally
        {
            File.Delete(log);
        }
    }

    private static async Task RunAsync(CutOptions options)
    {
        Hub hub = await Hub.OpenAsync();
        await using RealApiServer server = await RealApiServer.StartAsync(Hub.Address, CancellationToken.None);
        Console.WriteLine(Cut.Head);
        List<Cut> cuts = [];
        for (int trial = 0; trial < options.Trials; trial++)
        {
            foreach (
                Cut cut in await Task.WhenAll(options.Electors.Select(elector => new CutTrial(hub, server, elector, options).RunAsync())))
            {
                Console.WriteLine(cut);
                cuts.Add(cut);
            }
        }

        Console.WriteLine(CutSummary.Of(options, cuts));
    }
}
