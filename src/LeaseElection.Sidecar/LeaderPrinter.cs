using LeaseElection.Hosting;
using LeaseElection.Sidecar.Naming;
using Microsoft.Extensions.Hosting;

namespace LeaseElection.Sidecar;

/// <summary>Prints who leads on stdout, on each change, as the old image did.</summary>
internal sealed class LeaderPrinter(ILeaderElection election, ShownName names) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        string printed = "";
        await foreach (LeaderElectionStatus status in election.WatchAsync(stoppingToken).ConfigureAwait(false))
        {
            if (status.HolderIdentity is not { } holder || holder == printed)
                continue;
            printed = holder;
            try
            {
                Console.WriteLine($"{names.Of(holder, election.Identity)} is the leader");
            }
            catch (IOException)
            {
                // Nobody reads; that is no reason to stop leading.
            }
        }
    }
}
