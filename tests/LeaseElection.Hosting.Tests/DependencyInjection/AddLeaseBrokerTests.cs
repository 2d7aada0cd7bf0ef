using System.Text.Json;
using LeaseElection.Hosting.Brokers;
using LeaseElection.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace LeaseElection.Hosting.Tests.DependencyInjection;

/// <summary>Registering a broker, its settings, and the places where they are checked.</summary>
public sealed class AddLeaseBrokerTests : IDisposable
{
    private const string Section = "LeaseLocks";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task WithoutAHost_TakesLeasesAsItsSectionSays()
    {
        await using ServiceProvider services = Services(new()
        {
            ["LeaseLocks:Store"] = "File",
            ["LeaseLocks:File:Directory"] = _folder.Path,
            ["LeaseLocks:Identity"] = "me",
            ["LeaseLocks:LeaseNamespace"] = "shop",
            ["LeaseLocks:LeaseDuration"] = "00:00:30",
        });
        await using HeldLease? held =
            await Broker(services).TryAcquireAsync("batch-processor", TimeSpan.Zero).AsTask().WaitAsync(Signal.Patience);

        Assert.Equal(("batch-processor", "shop", "me"), (held!.Term.LeaseName, held.Term.LeaseNamespace, held.Term.Identity));
        string file = await File.ReadAllTextAsync(Path.Combine(_folder.Path, "shop", "batch-processor", "lease.json"));
        Assert.Equal(30, JsonDocument.Parse(file).RootElement.GetProperty("spec").GetProperty("leaseDurationSeconds").GetInt32());
    }

    [Fact]
    public async Task WithoutAHost_WrongSettings_AreRefusedAtFirstUse_AllAtOnce()
    {
        await using ServiceProvider services = Services(new()
        {
            ["LeaseLocks:Store"] = "Redis",
            ["LeaseLocks:RetryPeriod"] = "2",
            ["LeaseLocks:RenewDeadline"] = "00:00:20",
            ["LeaseLocks:LeaseName"] = "batch-processor",
            ["LeaseLocks:RenewIntervall"] = "00:00:03",
            ["LeaseLocks:orders:LeaseNamespace"] = "shop",
        });

        OptionsValidationException thrown = await Assert.ThrowsAsync<OptionsValidationException>(
            async () => await Broker(services).TryAcquireAsync("a", TimeSpan.Zero));

        Assert.Equal(
            [
                "LeaseLocks:LeaseName is a setting of elections, and of no use to locks and other leases "
                    + "that are held for a while; remove it.",
                "LeaseLocks:RenewDeadline is 00:00:20, but must be at least 00:00:00.2 and less than LeaseDuration (00:00:15): write "
                    + "\"00:00:10\".",
                "LeaseLocks:RenewIntervall is not a known setting; did you mean RenewInterval?",
                "LeaseLocks:RetryPeriod is \"2\", but must be hours:minutes:seconds: write \"00:00:02\" for 2 seconds.",
                "LeaseLocks:Store is \"Redis\", but must be one of Auto, Kubernetes, File.",
                "LeaseLocks:orders is not a known setting; remove it. Known are LeaseNamespace, Identity, "
                    + "LeaseDuration, RenewDeadline, RenewInterval, "
                    + "RetryPeriod, Store, Kubernetes:ApiServer, Kubernetes:TokenFile, "
                    + "Kubernetes:CertificateAuthorityFile, Kubernetes:KubeConfig, "
                    + "Kubernetes:Context, File:Directory.",
            ],
            thrown.Failures.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task InAHost_WrongSettings_FailTheStart()
    {
        HostApplicationBuilder builder = Builder();
        builder.Configuration["LeaseLocks:WhenWorkEnds"] = "StepDown";
        builder.Services.AddLeaseBroker(Section);
        using IHost host = builder.Build();

        OptionsValidationException thrown = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.StartsWith("LeaseLocks:WhenWorkEnds is a setting of elections", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task InAHost_NowhereToKeepLeases_FailsTheStart_AndAdvisesNothingThatABrokerDoesNotHave()
    {
        HostApplicationBuilder builder = Builder();
        builder.Services.AddLeaseBroker(Section);
        using IHost host = builder.Build();

        OptionsValidationException thrown = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.StartsWith("LeaseLocks:Store is Auto, but no Kubernetes API server was found.", thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Enabled", thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("LeaderElection:", thrown.Message, StringComparison.Ordinal);
    }

    /// <summary>Or somebody would mend the wrong section.</summary>
    [Theory]
    [InlineData("ApiServer", "https://no.where")]
    [InlineData("KubeConfig", "/no/such/config")]
    public async Task AWayToTheApiServerThatIsNone_IsNamedByTheSectionOfTheBroker(string key, string value)
    {
        await using ServiceProvider services = Services(new() { [$"LeaseLocks:Kubernetes:{key}"] = value });

        Exception thrown = await Assert.ThrowsAnyAsync<Exception>(async () => await Broker(services).TryAcquireAsync("a", TimeSpan.Zero));

        Assert.StartsWith($"LeaseLocks:Kubernetes:{key} is '{value}', ", thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("LeaderElection:", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OptionsThatCodeSets_AndThatAreForElections_AreRefused()
    {
        await using ServiceProvider services = new ServiceCollection()
            .AddLeaseBroker(Section, options =>
            {
                (options.LeaseName, options.Enabled, options.Store) = ("a", false, LeaseStoreKind.File);
                options.TakeOverBackoff = true;
            }).Services
            .BuildServiceProvider();

        OptionsValidationException thrown = await Assert.ThrowsAsync<OptionsValidationException>(
            async () => await Broker(services).TryAcquireAsync("a", TimeSpan.Zero));

        Assert.Equal(
            [
                "LeaseLocks:LeaseName is \"a\", but must be unset, because it is for elections only: "
                    + "remove it, and name the lease where you ask for it.",
                "LeaseLocks:Enabled is false, but must be unset, because it is for elections only: remove "
                    + "it; for a single instance set Store to File.",
                "LeaseLocks:TakeOverBackoff is true, but must be unset, because it is for elections only: remove it.",
            ],
            thrown.Failures);
    }

    [Theory]
    [InlineData("LeaderElection")]
    [InlineData("leaderelection")]
    [InlineData("Lease__Locks")]
    [InlineData(" Locks")]
    public void NameOfNoSectionOfItsOwn_IsRefused(string section)
    {
        ArgumentException thrown = Assert.Throws<ArgumentException>(() => new ServiceCollection().AddLeaseBroker(section));

        Assert.StartsWith($"\"{section}\" cannot be the section of a broker of leases", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NameOfAnElection_IsRefused()
    {
        var services = new ServiceCollection();
        services.AddLeaderElection("reports");

        InvalidOperationException thrown = Assert.Throws<InvalidOperationException>(() => services.AddLeaseBroker("reports"));

        Assert.Equal(
            "The election \"reports\" is bound to the section LeaderElection:reports already, and the "
                + "broker of leases cannot be bound to reports "
            + "too. Give the second one a name of its own.",
            thrown.Message);
    }

    [Fact]
    public void AddedTwice_IsOneBroker()
    {
        var services = new ServiceCollection();
        services.AddLeaseBroker(Section);
        services.AddLeaseBroker(Section);

        Assert.Single(services, service => service.IsKeyedService && service.ServiceType == typeof(LeaseBroker));
        Assert.Single(services, service => service.ServiceType == typeof(IHostedService));
    }

    [Fact]
    public async Task AnElectionBesideIt_HasItsOwnSettings()
    {
        HostApplicationBuilder builder = Builder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["LeaderElection:LeaseName"] = "settlement",
            ["LeaderElection:Store"] = "File",
            ["LeaderElection:File:Directory"] = _folder.Path,
            ["LeaderElection:LeaseDuration"] = "00:00:20",
            ["LeaseLocks:Store"] = "File",
            ["LeaseLocks:File:Directory"] = _folder.Path,
        });
        builder.Services.AddLeaderElection();
        builder.Services.AddLeaseBroker(Section);
        using IHost host = builder.Build();
        await host.StartAsync().WaitAsync(Signal.Patience);

        IOptionsMonitor<LeaderElectionOptions> options = host.Services.GetRequiredService<IOptionsMonitor<LeaderElectionOptions>>();
        Assert.Equal(TimeSpan.FromSeconds(20), options.CurrentValue.LeaseDuration);
        Assert.Equal(TimeSpan.FromSeconds(15), options.Get(Section).LeaseDuration);
        await host.StopAsync().WaitAsync(Signal.Patience);
    }

    private static HostApplicationBuilder Builder() => new(new HostApplicationBuilderSettings { DisableDefaults = true });

    private static ILeaseBroker Broker(IServiceProvider services) => services.GetRequiredKeyedService<ILeaseBroker>(Section);

    private static ServiceProvider Services(Dictionary<string, string?> settings)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        services.AddLeaseBroker(Section);
        return services.BuildServiceProvider();
    }
}
