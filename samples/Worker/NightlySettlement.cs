using LeaseElection.Hosting;

namespace Worker;

/// <summary>Pays the merchants out, batch by batch. Two of these at once would pay somebody twice.</summary>
internal sealed partial class NightlySettlement(ILogger<NightlySettlement> logger) : ILeaderWork
{
    public async Task ExecuteAsync(LeadershipTerm term, CancellationToken stoppingToken)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1));
        for (int batch = 1; ; batch++)
        {
            term.ThrowIfLost(); // Before each batch: what is paid is paid.
            int payments = Random.Shared.Next(20, 200);

            // Here the database is written to, in one transaction that refuses a smaller fencing token than it has seen: a process
            // that was paused between the line above and this one must not pay any more.
            LogSettled(batch, payments, term.FencingToken);

            await pace.WaitForNextTickAsync(stoppingToken);
        }
    }

    [LoggerMessage(LogLevel.Information, "Settled batch {Batch}, {Payments} payments (fencing token {FencingToken})")]
    private partial void LogSettled(int batch, int payments, FencingToken fencingToken);
}
