using LeaseElection.Hosting;

namespace Leader._1;

/// <summary>Runs on one replica at a time: a new instance, in a scope of its own, each time that this process becomes the leader.</summary>
internal sealed partial class LeaderJob(ILogger<LeaderJob> logger) : ILeaderWork
{
    public async Task ExecuteAsync(LeadershipTerm term, CancellationToken stoppingToken)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(5));
        do
        {
            term.ThrowIfLost(); // Right before an act that cannot be undone.
            LogWorking(term.FencingToken); // Hand it to what you write to, and let that refuse a smaller one than it has seen.
        }
        while (await pace.WaitForNextTickAsync(stoppingToken)); // Pass the token on: work that ignores it stops the process.
    }

    [LoggerMessage(LogLevel.Information, "Working, with fencing token {FencingToken}")]
    private partial void LogWorking(FencingToken fencingToken);
}
