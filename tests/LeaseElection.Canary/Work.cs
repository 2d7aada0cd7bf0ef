using LeaseElection.Hosting;

namespace LeaseElection.Canary;

internal sealed class Work : ILeaderWork
{
    public async Task ExecuteAsync(LeadershipTerm term, CancellationToken stoppingToken)
    {
        term.ThrowIfLost();
        Console.WriteLine($"leads with {term.FencingToken}");
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stoppingToken);
        }
        finally
        {
            Console.WriteLine("leads no more");
        }
    }
}
