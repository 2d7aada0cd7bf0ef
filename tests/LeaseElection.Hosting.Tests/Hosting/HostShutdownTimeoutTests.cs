using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LeaseElection.Hosting.Tests;

/// <summary>It is read by name: a host that calls it otherwise must be noticed here.</summary>
public sealed class HostShutdownTimeoutTests
{
    [Theory]
    [InlineData(12_000)]
    [InlineData(Timeout.Infinite)]
    public async Task Value_SetByTheApp_IsThat(int milliseconds)
    {
        var timeout = TimeSpan.FromMilliseconds(milliseconds);
        await using ServiceProvider services = new ServiceCollection()
            .Configure<HostOptions>(options => options.ShutdownTimeout = timeout).BuildServiceProvider();

        Assert.Equal(timeout, new HostShutdownTimeout(services).Value);
    }

    [Fact]
    public async Task Value_NothingSaid_IsThatOfTheHostAndAlsoOfOneWithoutOptions()
    {
        await using ServiceProvider services = new ServiceCollection().AddOptions().BuildServiceProvider();

        Assert.Equal(new HostOptions().ShutdownTimeout, new HostShutdownTimeout(services).Value);
        Assert.Equal(new HostOptions().ShutdownTimeout, HostShutdownTimeout.Default);
    }
}
