using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Canary;

/// <summary>
/// A process with many elections that says with a line whenever work of one of them starts: what the benchmark of hundreds of elections
/// measures. It is compiled into the benchmark as well, so that the native program and the one that runs on .NET are the same.
/// </summary>
internal static class ManyElections
{
    public const string Command = "scale-replica";

    public static Task RunAsync(int count)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        for (int i = 0; i < count; i++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"e-{i}");
            builder.Services.AddLeaderElection(name, options => options.LeaseName = name).AddWork(async (_, _, token) =>
            {
                Console.WriteLine("start");
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            });
        }

        return builder.Build().RunAsync();
    }
}
