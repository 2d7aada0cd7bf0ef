using k8s;
using Microsoft.Extensions.DependencyInjection;

namespace LeaseElection.Hosting.KubernetesClient.Tests;

/// <summary>Elections that take the same configuration: it is asked for once, and what they make of it is one connection.</summary>
public sealed class SeveralElectionsTests
{
    private int _asked;

    [Fact]
    public Task SameFactory_IsAskedOnce() => AsksOnceAsync(builder => builder.UseKubernetesClient(Make));

    [Fact]
    public Task SameFactoryWithServices_IsAskedOnce() => AsksOnceAsync(builder => builder.UseKubernetesClient(_ => Make()));

    [Fact]
    public Task Registered_IsAskedForOnce() => AsksOnceAsync(builder =>
    {
        builder.Services.AddTransient(_ => Make());
        builder.UseKubernetesClient();
    });

    [Fact]
    public async Task AnotherFactory_IsAskedToo()
    {
        await StartsAsync(builder => builder.UseKubernetesClient(Make), builder => builder.UseKubernetesClient(() => Make()));

        Assert.Equal(2, _asked);
    }

    private async Task AsksOnceAsync(Action<LeaderElectionBuilder> use)
    {
        await StartsAsync(use, use);

        Assert.Equal(1, _asked);
    }

    private static async Task StartsAsync(Action<LeaderElectionBuilder> first, Action<LeaderElectionBuilder> second)
    {
        await using var host = new ClientHost(
            builder =>
            {
                first(builder);
                second(builder.Services.AddLeaderElection("reports", options => options.LeaseName = "reports"));
            },
            []);

        await host.StartAsync();
        await host.StopAsync();
    }

    private KubernetesClientConfiguration Make()
    {
        _asked++;
        return new KubernetesClientConfiguration { Host = "https://127.0.0.1:1", Namespace = "shop" };
    }
}
