using LeaseElection.Hosting.AspNetCore.Status;
using LeaseElection.Testing.Time;
using Microsoft.Extensions.DependencyInjection;

namespace LeaseElection.Hosting.AspNetCore.Tests;

public class StatusClockTests
{
    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public void Of_TheAppHasAClockOfItsOwn_IsTheSystems() =>
        Assert.Same(TimeProvider.System, Of(services => services.AddSingleton<TimeProvider>(_clock)));

    [Fact]
    public void Of_OneIsRegisteredForElections_IsThat() =>
        Assert.Same(_clock, Of(services => services.AddKeyedSingleton<TimeProvider>(LeaderElectionOptions.TimeProviderKey, _clock)));

    private static TimeProvider Of(Action<IServiceCollection> register)
    {
        var services = new ServiceCollection();
        register(services);
        using ServiceProvider provider = services.BuildServiceProvider();
        return StatusClock.Of(provider);
    }
}
