using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LeaseElection.Hosting.Tests;

/// <summary>The program of the README, compiled: <see cref="ReadmeTests"/> finds each of its lines here.</summary>
internal static class ReadmeProgram
{
    public static void Program(string[] args)
    {
        var builder = Host.CreateApplicationBuilder(args);
        builder.Services.AddLeaderElection().AddWork<NightlySettlement>();
        builder.Build().Run();
    }

    internal sealed class NightlySettlement : ILeaderWork
    {
        public async Task ExecuteAsync(LeadershipTerm term, CancellationToken stoppingToken)
        {
            while (true)
            {
                term.ThrowIfLost();
                await SettleAsync(term.FencingToken, stoppingToken);
            }
        }

        private static async Task SettleAsync(FencingToken token, CancellationToken stoppingToken)
        {
            await Task.Yield();
            stoppingToken.ThrowIfCancellationRequested();
            Assert.True(token.Value > 0);
        }
    }
}
