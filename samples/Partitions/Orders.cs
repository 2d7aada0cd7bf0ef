using LeaseElection.Hosting;

namespace Partitions;

/// <summary>
/// Settles orders, those of one customer in their order: two replicas on one customer would get in each other's way. So the customers are
/// divided, and each replica works on its share.
/// </summary>
internal sealed partial class Orders(ILogger<Orders> logger) : IPartitionedWork
{
    /// <summary>A queue with an order of some customer every few milliseconds, which all replicas read.</summary>
    private static readonly string[] Customers = [.. Enumerable.Range(1, 500).Select(number => $"customer-{number}")];

    public async Task ExecuteAsync(Partition partition, LeadershipTerm term, CancellationToken stoppingToken)
    {
        string[] ours = [.. Customers.Where(partition.Contains)];
        LogArrived(partition, ours.Length, term.FencingToken);
        int settled = 0;
        try
        {
            using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
            while (await pace.WaitForNextTickAsync(stoppingToken))
            {
                term.ThrowIfLost(); // Before each order: what is settled is settled.

                // Here the database is written to, in one transaction that refuses a smaller fencing token of this partition than it
                // has seen: a process that was paused between the line above and this one must not settle any more.
                _ = ours[settled++ % ours.Length];
            }
        }
        finally
        {
            LogLeft(partition, settled);
        }
    }

    [LoggerMessage(LogLevel.Information, "Partition {Partition} is here: {Customers} customers (fencing token {FencingToken})")]
    private partial void LogArrived(Partition partition, int customers, FencingToken fencingToken);

    [LoggerMessage(LogLevel.Information, "Partition {Partition} leaves: {Settled} orders settled")]
    private partial void LogLeft(Partition partition, int settled);
}
