using System.Globalization;
using LeaseElection.Testing.ApiServer;

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
        await using GuardedProcess inside = await StartAsync(arguments, log);
        using (StreamReader reader = new(new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete)))
        {
            File.Delete(log); // Both have it open.
            await Polling.UntilAsync(
                async () =>
                {
                    bool hasExited = inside.Exited.IsCompleted; // Before the look: what it wrote last is then not missed.
                    await Console.Out.WriteAsync(await reader.ReadToEndAsync());
                    return hasExited;
                },
                TimeSpan.MaxValue);
        }

        return await inside.Exited;
    }

    private static async Task RunAsync(CutOptions options)
    {
        Hub hub = await Hub.OpenAsync();
        await using RealApiServer server = await RealApiServer.StartAsync(Hub.Address, CancellationToken.None);
        Console.WriteLine(Cut.Head);
        List<Cut> cuts = [];
        for (int trial = 0; trial < options.Trials; trial++)
        {
            foreach (Cut cut in await Task.WhenAll(options.Electors.Select(elector => new CutTrial(hub, server, elector, options).RunAsync())))
            {
                Console.WriteLine(cut);
                cuts.Add(cut);
            }
        }

        Console.WriteLine($"""

            Trials: {options.Trials}, at {options.Timings.LeaseSeconds}/{options.Timings.DeadlineSeconds}/{options.Timings.RetrySeconds} s; least / median / most:

            | elector | work stopped after the cut | the next began after it | worked side by side |
            |---|---|---|---|
            """);
        foreach (IGrouping<string, Cut> elector in cuts.GroupBy(cut => cut.Elector))
            Console.WriteLine(Summary(elector.Key, [.. elector]));
    }

    private static string Summary(string elector, Cut[] cuts)
    {
        TimeSpan?[] overlaps = [.. cuts.Select(cut => (TimeSpan?)cut.Overlap).Where(overlap => overlap > TimeSpan.Zero)];
        string together = overlaps.Length == 0 ? "never" : $"{overlaps.Length} of {cuts.Length}: {Range(overlaps)}";
        return $"| {elector} | {Range(cuts.Select(cut => cut.Stopped))} | {Range(cuts.Select(cut => cut.Began))} | {together} |";
    }

    /// <summary>The least, the median and the most of what happened at all.</summary>
    private static string Range(IEnumerable<TimeSpan?> times)
    {
        double[] sorted = [.. times.OfType<TimeSpan>().Select(time => time.TotalSeconds).Order()];
        return sorted.Length == 0
            ? "never"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{sorted[0]:0.0} / {(sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2:0.0} / {sorted[^1]:0.0} s");
    }
}
