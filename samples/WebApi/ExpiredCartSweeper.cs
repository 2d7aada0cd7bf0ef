namespace WebApi;

/// <summary>
/// Sweeps carts that nobody came back for. It knows nothing of leader election: it is started and stopped with each term.
/// </summary>
internal sealed partial class ExpiredCartSweeper(ILogger<ExpiredCartSweeper> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(5));
        do
        {
            LogSwept(Random.Shared.Next(10));
        }
        while (await pace.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(LogLevel.Information, "Swept {Carts} expired carts")]
    private partial void LogSwept(int carts);
}
