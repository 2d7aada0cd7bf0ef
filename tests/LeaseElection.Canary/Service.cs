using Microsoft.Extensions.Hosting;

namespace LeaseElection.Canary;

internal sealed class Service : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Console.WriteLine("serves as leader");
        return Task.CompletedTask;
    }
}
