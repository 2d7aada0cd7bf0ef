using System.Globalization;
using LeaseElection.Soak.Checking;
using LeaseElection.Soak.Nemesis;
using LeaseElection.Soak.Replicas;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Soak;

/// <summary>The long run: sets everything up, lets the nemesis work, ends everything, and reports.</summary>
internal static class SoakRun
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task<int> RunAsync(SoakOptions options)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"soak: {options.Minutes} minutes, seed {options.Seed}, {options.Replicas} replicas with {options.Elections} election(s) each, "
            + $"lease {options.Lease} s, deadline {options.RenewDeadline.TotalSeconds} s, retry {options.RetryPeriod.TotalSeconds} s"));
        Console.WriteLine("The seed gives the same faults in the same order again, but real processes never at the same instants.");
        DirectoryInfo folder = Directory.CreateTempSubdirectory("lease-election-soak-");
        bool passed;
        await using (RealApiServer server = await RealApiServer.StartAsync(CancellationToken.None))
        await using (ReplicaSet replicas = await ReplicaSet.CreateAsync(server, options, folder.FullName))
        await using (var leases = new LeaseRecorder(server, replicas.Namespace))
        {
            var world = new World(server, replicas, options);
            var nemesis = new NemesisRun(world);
            await StartAsync(world, nemesis);
            await nemesis.RunAsync();
            TimeSpan until = SoakClock.Now;
            await EndAsync(world);
            var report = new SoakReport(options, world, nemesis, replicas.Histories(nemesis.Calms, until));
            report.Write(Console.Out, new Timeline(world.Faults, leases, replicas, options));
            passed = report.Passed;
        }

        if (passed && !options.Keep)
            folder.Delete(recursive: true);
        else
            Console.WriteLine($"What every replica wrote: {folder.FullName}");
        return passed ? 0 : 1;
    }

    private static async Task StartAsync(World world, NemesisRun nemesis)
    {
        foreach (Replica replica in world.Replicas.All)
        {
            await world.RestartAsync(replica);
            if (world.Options.Break && replica.Number == 0)
                await world.Replicas.UntilAsync(() => replica.IsWorking, Patience);
        }

        if (world.Options.Break)
            await nemesis.CutOffFirstAsync();
    }

    /// <summary>Everybody is asked to stop at once, as when a deployment is deleted.</summary>
    private static async Task EndAsync(World world)
    {
        Incarnation[] ending = [.. world.Replicas.All.Select(replica => replica.Current)];
        foreach (Incarnation process in ending)
            process.Process.Send(UnixSignal.Terminate);
        await world.Replicas.UntilAsync(() => Array.TrueForAll(ending, process => process.HasExited), Patience);
        foreach (Incarnation process in ending)
        {
            if (!process.HasExited)
                world.Offences.Add($"{process.Identity} did not end within {Patience.TotalSeconds:0} s after SIGTERM");
            process.Process.Send(UnixSignal.Kill);
            await world.NoteEndAsync(process);
        }
    }
}
