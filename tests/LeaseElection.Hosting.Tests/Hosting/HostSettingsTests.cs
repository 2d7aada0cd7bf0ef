using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LeaseElection.Hosting.Tests;

/// <summary>They are read by name: a host that calls them otherwise must be noticed here.</summary>
public sealed class HostSettingsTests
{
    [Theory]
    [InlineData(12_000)]
    [InlineData(Timeout.Infinite)]
    public async Task ShutdownTimeout_SetByTheApp_IsThat(int milliseconds)
    {
        var timeout = TimeSpan.FromMilliseconds(milliseconds);
        await using ServiceProvider services = new ServiceCollection()
            .Configure<HostOptions>(options => options.ShutdownTimeout = timeout).BuildServiceProvider();

        Assert.Equal(timeout, new HostSettings(services).ShutdownTimeout);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task StartsConcurrently_SetByTheApp_IsThat(bool concurrently)
    {
        await using ServiceProvider services = new ServiceCollection()
            .Configure<HostOptions>(options => options.ServicesStartConcurrently = concurrently).BuildServiceProvider();

        Assert.Equal(concurrently, new HostSettings(services).StartsConcurrently);
    }

    [Fact]
    public async Task All_NothingSaid_AreThoseOfTheHostAndAlsoOfOneWithoutOptions()
    {
        await using ServiceProvider services = new ServiceCollection().AddOptions().BuildServiceProvider();
        var none = new HostOptions();

        var settings = new HostSettings(services);

        Assert.Equal((none.ShutdownTimeout, none.ServicesStartConcurrently), (settings.ShutdownTimeout, settings.StartsConcurrently));
        Assert.Equal(none.ShutdownTimeout, HostSettings.DefaultShutdownTimeout);
    }
}
