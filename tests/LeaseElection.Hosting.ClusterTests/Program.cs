using LeaseElection.Hosting.ClusterTests.Electors;
using LeaseElection.Testing.ApiServer;

// Not the tests (those are run by `dotnet test`) but what a test starts in order to kill it.
if (args is [Candidate.Command, .. var arguments])
{
    await Candidate.RunAsync(arguments);
    return;
}

// A process that owns an API server, says which processes that are, and never cleans up.
await using var server = await RealApiServer.StartAsync(CancellationToken.None);
Console.WriteLine($"{server.EtcdPid} {server.Pid}");
await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, CancellationToken.None);
