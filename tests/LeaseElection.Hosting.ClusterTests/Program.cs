using LeaseElection.Hosting.ClusterTests.Faults.Packets;
using LeaseElection.Hosting.ClusterTests.Faults.Processes;
using LeaseElection.Hosting.ClusterTests.Members;
using LeaseElection.Hosting.ClusterTests.Notes;
using LeaseElection.Hosting.ClusterTests.Partitions;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Electors;

// Not the tests (those are run by `dotnet test`) but what a test starts in order to kill it.
switch (args)
{
    case [Candidate.Command, .. var arguments]:
        await Candidate.RunAsync(arguments);
        return;
    case [NotingCandidate.Command, .. var arguments]:
        await NotingCandidate.RunAsync(arguments);
        return;
    case [Member.Command, .. string[] settings]:
        await Member.RunAsync(settings);
        return;
    case ["replica", .. string[] settings]:
        await Replica.RunAsync(settings);
        return;
    case [PartitionProgram.Command, .. string[] settings]:
        await PartitionProgram.RunAsync(settings);
        return;
    case [CutTrials.Command or CutTrials.InsideCommand, ..]:
        Environment.ExitCode = await CutTrials.RunAsync(args);
        return;
    case [DeadAddressTrial.Command]:
        await DeadAddressTrial.RunAsync();
        return;
}

// A process that owns an API server, says which processes that are, and never cleans up.
await using var server = await RealApiServer.StartAsync(CancellationToken.None);
Console.WriteLine($"{server.EtcdPid} {server.Pid}");
await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, CancellationToken.None);
