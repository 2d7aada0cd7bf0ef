using LeaseElection.Soak;
using LeaseElection.Soak.Replicas;

switch (args)
{
    case ["soak", .. string[] rest] when SoakOptions.Parse(rest) is { } options:
        return await SoakRun.RunAsync(options);
    case ["replica", .. string[] rest]:
        await ReplicaProgram.RunAsync(rest);
        return Environment.ExitCode;
    default:
        Console.Error.WriteLine(SoakOptions.Usage);
        return 2;
}
