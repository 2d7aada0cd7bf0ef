using k8s;
using LeaseElection.Testing;
using LeaseElection.Testing.ApiServer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LeaseElection.Hosting.KubernetesClient.Tests;

/// <summary>Leases that are held for a while, by an API server that is reached as KubernetesClient is configured to.</summary>
[Collection(ApiServerFixture.Collection)]
public sealed class LeaseBrokerTests(ApiServerFixture fixture) : IAsyncLifetime
{
    private Surroundings _around = null!;

    public async Task InitializeAsync()
    {
        if (ApiServerAssets.SkipReason is null)
            _around = await Surroundings.OpenAsync(fixture.Server);
    }

    public async Task DisposeAsync() => await (_around?.DisposeAsync() ?? default);

    [ApiServerTheory]
    [InlineData("registered")]
    [InlineData("configuration")]
    [InlineData("factory")]
    [InlineData("factory with services")]
    public async Task UseKubernetesClient_EachForm_TakesALease(string form)
    {
        KubernetesClientConfiguration configuration = _around.Configuration();
        var services = new ServiceCollection();
        services.AddSingleton(configuration);
        LeaseBrokerBuilder builder = services.AddLeaseBroker("LeaseLocks", options => options.LeaseNamespace = _around.Namespace);
        _ = form switch
        {
            "registered" => builder.UseKubernetesClient(),
            "configuration" => builder.UseKubernetesClient(configuration),
            "factory" => builder.UseKubernetesClient(() => configuration),
            _ => builder.UseKubernetesClient(provider => provider.GetRequiredService<KubernetesClientConfiguration>()),
        };
        await using ServiceProvider provider = services.BuildServiceProvider();
        ILeaseBroker broker = provider.GetRequiredKeyedService<ILeaseBroker>("LeaseLocks");

        string lease = "lock-" + Guid.NewGuid().ToString("n");
        FencingToken first;
        await using (HeldLease? held = await broker.TryAcquireAsync(lease, TimeSpan.Zero).AsTask().WaitAsync(Signal.Patience))
        {
            Assert.True(held!.Term.IsHeld);
            first = held.Term.FencingToken;
        }

        await using HeldLease? second = await broker.TryAcquireAsync(lease, TimeSpan.Zero).AsTask().WaitAsync(Signal.Patience);
        Assert.True(second!.Term.FencingToken > first);
    }

    [Fact]
    public async Task NoConfiguration_IsRefusedAtFirstUse()
    {
        var services = new ServiceCollection();
        services.AddLeaseBroker("LeaseLocks").UseKubernetesClient();
        await using ServiceProvider provider = services.BuildServiceProvider();

        OptionsValidationException thrown = await Assert.ThrowsAsync<OptionsValidationException>(
            async () => await provider.GetRequiredKeyedService<ILeaseBroker>("LeaseLocks").TryAcquireAsync("a", TimeSpan.Zero));

        Assert.StartsWith(
            "UseKubernetesClient() finds no KubernetesClientConfiguration among the services.", thrown.Message, StringComparison.Ordinal);
    }
}
