using Microsoft.Extensions.DependencyInjection;

namespace LeaseElection.Hosting.Tests;

/// <summary>What it is for is measured by the fail-over benchmark; here, that it plays to the end.</summary>
public sealed class RehearsalTests
{
    [Fact]
    public async Task PlayAsync_LeadsWorksAndReleases()
    {
        await using ServiceProvider services = new ServiceCollection().BuildServiceProvider();
        await Rehearsal.PlayAsync(services.GetRequiredService<IServiceScopeFactory>());
    }
}
