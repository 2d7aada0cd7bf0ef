using System.Globalization;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Benchmarks;

/// <summary>The sidecar as a native program beside the same as others publish it: size, start, memory, and hand-over.</summary>
internal static class SidecarBenchmark
{
    public const string Usage = """
        Usage: dotnet run -c Release --project tests/LeaseElection.Benchmarks -- sidecar [--trials N] [--idle SECONDS]

        Publishes src/LeaseElection.Sidecar three times (native; one file that is compiled ahead and brings the runtime; for an installed
        runtime), runs each against one real API server and prints a table: size on disk, time from start to the first answer and to
        leading, memory when idle for SECONDS (30), and hand-over by N SIGTERMs (20) to a standby that stands since a moment ago.
        """;

    /// <summary>The exit code.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        if (Parse(args) is not var (trials, idle))
        {
            await Console.Error.WriteLineAsync(Usage);
            return 2;
        }

        using SidecarPrograms programs = await SidecarPrograms.PublishAsync();
        await using RealApiServer server = await RealApiServer.StartAsync(CancellationToken.None);
        Console.WriteLine("| | size on disk | start to answer / to leading | RSS of a leader with a "
            + "command / of a standby | end of a command to the next |");
        Console.WriteLine("|---|---|---|---|---|");
        foreach (SidecarProgram program in programs.All)
        {
            var scene = new SidecarScene(program, server, await server.CreateNamespaceAsync());
            (List<TimeSpan> answered, List<TimeSpan> led) = await scene.StartAsync(trials);
            (long leader, long standby) = await scene.IdleAsync(TimeSpan.FromSeconds(idle));
            List<TimeSpan> gaps = await scene.HandOverAsync(trials);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {program.Name} | {program.Size / 1e6:0.0} MB | {Figures.Short(answered)} / {Figures.Short(led)} "
                + $"| {leader / 1024.0:0.0} / {standby / 1024.0:0.0} MB | {Figures.Short(gaps)} |"));
        }

        return 0;
    }

    private static (int Trials, int Idle)? Parse(string[] args)
    {
        (int trials, int idle) = (20, 30);
        for (int i = 0; i < args.Length; i += 2)
        {
            if (i + 1 == args.Length || !int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out int value)
                || value == 0)
                return null;
            if (args[i] == "--trials")
                trials = value;
            else if (args[i] == "--idle")
                idle = value;
            else
                return null;
        }

        return (trials, idle);
    }
}
