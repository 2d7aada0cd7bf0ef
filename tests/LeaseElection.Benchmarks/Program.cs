using System.Globalization;
using LeaseElection.Benchmarks;
using LeaseElection.Canary;
using LeaseElection.Testing.Electors;

switch (args)
{
    case ["failover", .. string[] rest] when FailoverOptions.Parse(rest) is { } options:
        await FailoverBenchmark.RunAsync(options);
        return 0;
    case ["stepdown", .. string[] rest] when FailoverOptions.Parse(rest) is { } options:
        await StepDownBenchmark.RunAsync(options);
        return 0;
    case ["rollout"]:
        return await RolloutBenchmark.RunAsync(5);
    case ["rollout", string text] when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int rollouts)
        && rollouts > 0:
        return await RolloutBenchmark.RunAsync(rollouts);
    case ["sidecar", .. string[] rest]:
        return await SidecarBenchmark.RunAsync(rest);
    case ["partitions", .. string[] rest] when rest.Length <= 3
        && rest.All(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0):
        int[] numbers = [.. rest.Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
        return await PartitionBenchmark.RunAsync(
            numbers is [var count, ..] ? count : 256, numbers is [_, var replicas, ..] ? replicas : 8,
            numbers is [_, _, var seconds] ? seconds : 30);
    case [PartitionBenchmark.Command, string way, string many]:
        await PartitionBenchmark.RunReplicaAsync(way, int.Parse(many, CultureInfo.InvariantCulture));
        return 0;
    case ["locks"]:
        await LockBenchmark.RunAsync(100);
        return 0;
    case ["locks", string text] when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int trials) && trials > 0:
        await LockBenchmark.RunAsync(trials);
        return 0;
    case ["warm"]:
        await WarmBenchmark.RunAsync(10);
        return 0;
    case ["warm", string text] when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int trials) && trials > 0:
        await WarmBenchmark.RunAsync(trials);
        return 0;
    case ["upgrade", string commit]:
        return await UpgradeBenchmark.RunAsync(commit, 60);
    case ["upgrade", string commit, string text] when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int counted)
        && counted > 0:
        return await UpgradeBenchmark.RunAsync(commit, counted);
    case ["scale", .. string[] rest] when rest.Length <= 2
        && rest.All(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0):
        int[] sizes = [.. rest.Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
        return await ScaleBenchmark.RunAsync(sizes is [var elections, ..] ? elections : 500, sizes is [_, var lasting] ? lasting : 30);
    case ["storm", .. string[] rest] when rest.Length <= 3
        && rest.All(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0):
        int[] storms = [.. rest.Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
        return await StormBenchmark.RunAsync(
            storms is [var times, ..] ? times : 5, storms is [_, var led, ..] ? led : 500, storms is [_, _, var standing] ? standing : 1);
    case [ManyElections.Command, string many]:
        await ManyElections.RunAsync(int.Parse(many, CultureInfo.InvariantCulture));
        return 0;
    case ["crash", .. string[] rest] when rest.Length <= 3
        && rest.All(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0):
        int[] crashes = [.. rest.Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
        return await CrashBenchmark.RunAsync(
            crashes is [var proven, ..] ? proven : 20, crashes is [_, var unproven, ..] ? unproven : 5,
            crashes is [_, _, var lease] ? lease : 15);
    case [Candidate.Command, .. string[] arguments]:
        await Candidate.RunAsync(arguments);
        return 0;
    case ["starve"]:
        return await StarveBenchmark.RunAsync(30);
    case ["starve", string text] when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int starved) && starved > 0:
        return await StarveBenchmark.RunAsync(starved);
    case [StarveBenchmark.Command, string kind, string time]:
        await StarveReplica.RunAsync(kind, int.Parse(time, CultureInfo.InvariantCulture));
        return 0;
    case [ScaleElectors.Command, string many]:
        await ScaleElectors.RunAsync(int.Parse(many, CultureInfo.InvariantCulture));
        return 0;
    case ["allocations"]:
        await Allocations.RunAsync();
        return 0;
    case ["telemetry"]:
        await TelemetryBenchmark.RunAsync();
        return 0;
    case [Replica.Command]:
        await Replica.RunAsync();
        return 0;
    case [Replica.WebCommand]:
        await Replica.RunWebAsync();
        return 0;
    default:
        string[] usages =
        [
            FailoverOptions.Usage, StepDownBenchmark.Usage, RolloutBenchmark.Usage, SidecarBenchmark.Usage, LockBenchmark.Usage,
            WarmBenchmark.Usage,
            TelemetryBenchmark.Usage, PartitionBenchmark.Usage, UpgradeBenchmark.Usage, ScaleBenchmark.Usage, StormBenchmark.Usage,
            CrashBenchmark.Usage,
            StarveBenchmark.Usage,
            Allocations.Usage,
        ];
        string[] meant = [.. usages.Where(usage => usage.Split('\n')[0].Split(' ').Contains(args.FirstOrDefault()))];
        Console.Error.WriteLine(string.Join(Environment.NewLine + Environment.NewLine, meant is [] ? usages : meant));
        return 2;
}
