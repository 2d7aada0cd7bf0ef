using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Time;
using LeaseElection.Testing;
using LeaseElection.Testing.Time;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace LeaseElection.Hosting.Tests;

public sealed class AddLeaderElectionTests : HostTest
{
    private readonly ElectionHost _host;

    public AddLeaderElectionTests() => _host = NewHost();

    [Fact]
    public void Overloads_ReturnABuilderOfTheElection()
    {
        IConfiguration section = _host.Builder.Configuration.GetSection("Elsewhere");
        IServiceCollection services = _host.Services;

        Assert.All(
            [services.AddLeaderElection(), services.AddLeaderElection(_ => { })],
            builder => Assert.Equal(("", services), (builder.Name, builder.Services)));
        Assert.Equal("a", services.AddLeaderElection("a").Name);
        Assert.Equal("b", services.AddLeaderElection("b", section).Name);
        Assert.Equal("c", services.AddLeaderElection("c", _ => { }).Name);
        Assert.Equal("", new ServiceCollection().AddLeaderElection(section).Name);
    }

    [Fact]
    public void NullArguments_Throw()
    {
        IServiceCollection services = _host.Services;
        Assert.Throws<ArgumentNullException>(() => ((IServiceCollection)null!).AddLeaderElection());
        Assert.Throws<ArgumentNullException>(() => services.AddLeaderElection((string)null!));
        Assert.Throws<ArgumentNullException>(() => services.AddLeaderElection((IConfiguration)null!));
        Assert.Throws<ArgumentNullException>(() => services.AddLeaderElection((Action<LeaderElectionOptions>)null!));
        Assert.Throws<ArgumentNullException>(() => services.AddLeaderElection().AddWork(null!));
        Assert.Throws<ArgumentNullException>(() => ((IHealthChecksBuilder)null!).AddLeaderElection());
        Assert.Throws<ArgumentNullException>(() => ((IHealthChecksBuilder)null!).AddIsLeader());
    }

    [Fact]
    public async Task Twice_IsOneElectionWithTheWorkOfBoth()
    {
        var other = new TestWork();
        _host.AddElection(options => options.LeaseDuration = TimeSpan.FromSeconds(20)).AddWork(Work.RunAsync);
        int services = _host.Services.Count(service => service.ServiceType == typeof(IHostedService));
        _host.AddElection(options => options.RenewDeadline = TimeSpan.FromSeconds(12)).AddWork(other.RunAsync);

        await _host.StartAndLeadAsync();
        await Work.StartedAsync();
        await other.StartedAsync();

        Assert.Equal(services, _host.Services.Count(service => service.ServiceType == typeof(IHostedService)));
        Assert.Single(Server.Written);
        LeaderElectionOptions options = _host.Host.Services.GetRequiredService<IOptions<LeaderElectionOptions>>().Value;
        Assert.Equal((20, 12), (options.LeaseDuration.TotalSeconds, options.RenewDeadline.TotalSeconds));
    }

    /// <summary>The compiler's name of a closure, which logs showed before, tells an operator nothing.</summary>
    [Fact]
    public void Delegate_IsCalledAfterTheClassThatWroteIt()
    {
        string captured = "x";
        var services = new ServiceCollection();
        services.AddLeaderElection().AddWork((_, _, _) => Task.FromResult(captured));

        WorkRegistration work = Assert.Single(services.Where(service => service.IsKeyedService)
            .Select(service => service.KeyedImplementationInstance).OfType<WorkRegistration>());
        Assert.Equal("work of AddLeaderElectionTests", work.Name);
    }

    [Fact]
    public async Task TwoElectionsOfOneName_InOneHost_AreOne()
    {
        _host.AddElection("a", options => options.LeaseName = "a");
        _host.AddElection("a");
        _host.Builder.Configuration["LeaderElection:LeaseName"] = null;

        await _host.StartAsync();

        Assert.Single(_host.Host.Services.GetServices<IHostedService>().OfType<LeaderElectionService>());
        Assert.Null(_host.Host.Services.GetService<ILeaderElection>());
    }

    [Fact]
    public async Task SectionOfItsOwn_IsBoundAndNothingElse()
    {
        _host.Builder.Configuration["LeaderElection:Identity"] = "shared";
        _host.Builder.Configuration["Jobs:Leader:LeaseName"] = "jobs";
        _host.Services.AddLeaderElection(_host.Builder.Configuration.GetSection("Jobs:Leader"));

        LeadershipTerm term = await _host.StartAndLeadAsync();

        Assert.Equal(("jobs", "me"), (term.LeaseName, term.Identity));
    }

    [Fact]
    public async Task UnknownSetting_FailsTheStart()
    {
        _host.Builder.Configuration["LeaderElection:LeasDuration"] = "00:00:30";
        _host.AddElection();

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(_host.StartAsync);

        Assert.Contains("LeasDuration", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TwoElections_SameLease_FailTheStartWithBothNames()
    {
        _host.Services.Remove(_host.Services.Single(service => service.ServiceType == typeof(IElectionStoreFactory)));
        using var folder = new TemporaryFolder();
        foreach (string name in (string[])["a", "b"])
        {
            _host.AddElection(name, options =>
            {
                (options.LeaseName, options.LeaseNamespace, options.Store) = ("same", "shop", LeaseStoreKind.File);
                options.File.Directory = folder.Path;
            });
        }

        _host.Builder.Configuration["LeaderElection:LeaseName"] = null;

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(_host.StartAsync);

        Assert.Contains("LeaderElection:a:LeaseName", exception.Message, StringComparison.Ordinal);
        Assert.Contains("LeaderElection:b:LeaseName", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ScopedServices_Validated_NothingIsCaptive()
    {
        _host.AddElection().AddWork(Work.RunAsync);
        _host.Builder.ConfigureContainer(new DefaultServiceProviderFactory(
            new ServiceProviderOptions { ValidateScopes = true, ValidateOnBuild = true }));

        await _host.StartAndLeadAsync();
        await Work.StartedAsync();
        await _host.StopAsync();

        Assert.Null(Server.Holder);
    }

    [Fact]
    public async Task Clock_TheAppHasOneOfItsOwn_ElectionsDoNotGoByIt()
    {
        foreach (TimeProvider clock in (TimeProvider[])[new ManualTimeProvider(), TimeProvider.System])
            Assert.Same(SuspendAwareTimeProvider.Instance, await ClockOfElectionsAsync(services => services.AddSingleton(clock)));
    }

    [Fact]
    public async Task Clock_OneIsRegisteredForElections_TheyGoByIt()
    {
        var clock = new ManualTimeProvider();

        Assert.Same(clock, await ClockOfElectionsAsync(services => services
            .AddSingleton(TimeProvider.System)
            .AddKeyedSingleton<TimeProvider>(LeaderElectionOptions.TimeProviderKey, clock)));
    }

    [Fact]
    public async Task Clock_NoneOrTheSystemsIsRegisteredForElections_OneThatCountsSuspend()
    {
        Assert.Same(SuspendAwareTimeProvider.Instance, await ClockOfElectionsAsync(_ => { }));
        Assert.Same(SuspendAwareTimeProvider.Instance, await ClockOfElectionsAsync(services => services
            .AddKeyedSingleton(LeaderElectionOptions.TimeProviderKey, TimeProvider.System)));
    }

    [Fact]
    public async Task ElectionWithoutWork_OnlyAsks()
    {
        _host.AddElection();

        await _host.StartAndLeadAsync();
        await RenewAsync();
        await _host.Election.StepDownAsync().WaitAsync(Signal.Patience);

        Assert.Null(Server.Holder);
    }

    private static async Task<TimeProvider> ClockOfElectionsAsync(Action<IServiceCollection> register)
    {
        var services = new ServiceCollection();
        register(services);
        services.AddLeaderElection();
        await using ServiceProvider provider = services.BuildServiceProvider();
        return provider.GetRequiredService<ElectionClock>().TimeProvider;
    }
}
