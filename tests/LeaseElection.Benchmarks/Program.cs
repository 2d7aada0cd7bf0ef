using LeaseElection.Benchmarks;

switch (args)
{
    case ["failover", .. string[] rest] when FailoverOptions.Parse(rest) is { } options:
        await FailoverBenchmark.RunAsync(options);
        return 0;
    case ["replica"]:
        await Replica.RunAsync();
        return 0;
    default:
        Console.Error.WriteLine(FailoverOptions.Usage);
        return 2;
}
