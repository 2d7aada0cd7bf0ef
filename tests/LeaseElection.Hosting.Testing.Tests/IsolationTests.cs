using LeaseElection.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace LeaseElection.Hosting.Testing.Tests;

/// <summary>Whatever an app's configuration and the process's variables say, a test touches neither a cluster nor a file.</summary>
[Collection(nameof(WholeProcess))]
public sealed class IsolationTests : IDisposable
{
    private static readonly string[] Variables =
        ["KUBECONFIG", "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT", "POD_NAME", "POD_NAMESPACE", "HTTPS_PROXY"];

    private readonly string?[] _before = [.. Variables.Select(Environment.GetEnvironmentVariable)];
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"leases-{Guid.NewGuid():N}");

    public void Dispose()
    {
        for (int i = 0; i < Variables.Length; i++)
            Environment.SetEnvironmentVariable(Variables[i], _before[i]);
    }

    [Theory]
    [InlineData("Production", "Kubernetes")]
    [InlineData("Development", "Auto")]
    [InlineData("Development", "File")]
    public async Task Settings_OfEveryStore_AreNotUsed(string environment, string store)
    {
        foreach (string variable in Variables)
            Environment.SetEnvironmentVariable(variable, ":/no/such file\n");
        HostApplicationBuilder builder = FakeReplica.NewBuilder(
            environment,
            ("LeaderElection:LeaseName", "app"),
            ("LeaderElection:Store", store),
            ("LeaderElection:File:Directory", _folder),
            ("LeaderElection:Kubernetes:KubeConfig", "/no/such/file"),
            ("LeaderElection:Kubernetes:LabelLeaderPod", "true"),
            ("LeaderElection:Kubernetes:PublishEvents", "true"));
        builder.Services.AddLeaderElection()
            .UseKubernetesConnection("the app", (_, _) => throw new InvalidOperationException("The app's cluster was asked for."))
            .AddWork((_, _, token) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token));
        await using FakeReplica replica = await FakeReplica.StartAsync(builder, builder.Services.AddFakeLeaderElection());

        LeadershipTerm term = await replica.Fake.LeadAsync();

        Assert.Equal(("app", "default"), (term.LeaseName, term.LeaseNamespace));
        Assert.False(Directory.Exists(_folder));
    }

    [Fact]
    public async Task Disabled_NoLeaseName_IsAnElectionAllTheSame()
    {
        HostApplicationBuilder builder = FakeReplica.NewBuilder("Production", ("LeaderElection:Enabled", "false"));
        builder.Services.AddLeaderElection();
        await using FakeReplica replica = await FakeReplica.StartAsync(builder, builder.Services.AddFakeLeaderElection());

        Assert.False(replica.Election.IsLeader);
        await replica.Fake.LeadAsync();
        Assert.True(replica.Election.IsLeader);
    }

    [Fact]
    public async Task NamedElections_EachHasItsOwnCommands()
    {
        HostApplicationBuilder builder = FakeReplica.NewBuilder(
            "Production", ("LeaderElection:reports:LeaseName", "reports"), ("LeaderElection:mails:LeaseName", "mails"));
        builder.Services.AddLeaderElection("reports");
        builder.Services.AddLeaderElection("mails");
        FakeLeaderElection reports = builder.Services.AddFakeLeaderElection("reports");
        FakeLeaderElection mails = builder.Services.AddFakeLeaderElection("mails");
        await using FakeReplica replica = await FakeReplica.StartAsync(builder, reports);

        await reports.LeadAsync();

        Assert.Same(reports.Leases, mails.Leases);
        Assert.Equal((true, false), (reports.Election.IsLeader, mails.Election.IsLeader));
        Assert.Equal(reports.Election.Identity, reports.Leases.HolderOf("reports"));
    }

    [Fact]
    public async Task NamedElections_WithoutLeaseNames_EachHasALeaseOfItsOwn()
    {
        HostApplicationBuilder builder = FakeReplica.NewBuilder("Production", ("LeaderElection:Enabled", "false"));
        builder.Services.AddLeaderElection("reports");
        builder.Services.AddLeaderElection("mails");
        FakeLeaderElection reports = builder.Services.AddFakeLeaderElection("reports");
        FakeLeaderElection mails = builder.Services.AddFakeLeaderElection("mails");
        mails.Patience = Signal.Patience;
        await using FakeReplica replica = await FakeReplica.StartAsync(builder, reports);

        await Task.WhenAll(reports.LeadAsync(), mails.LeadAsync());

        Assert.Equal((true, true), (reports.Election.IsLeader, mails.Election.IsLeader));
    }

    [Fact]
    public async Task AnotherClockForElections_StartIsRefused()
    {
        HostApplicationBuilder builder = FakeReplica.NewBuilder();
        builder.Services.AddLeaderElection();
        FakeLeaderElection fake = builder.Services.AddFakeLeaderElection();
        builder.Services.AddKeyedSingleton<TimeProvider>(LeaderElectionOptions.TimeProviderKey, new FakeTimeProvider());

        InvalidOperationException refusal = await Assert.ThrowsAsync<InvalidOperationException>(
            () => FakeReplica.StartAsync(builder, fake));

        Assert.Contains("AddFakeLeaderElection(new InMemoryLeases(time))", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OneOfTwoElectionsIsFake_StartIsRefused()
    {
        HostApplicationBuilder builder = FakeReplica.NewBuilder("Development", ("LeaderElection:mails:LeaseName", "mails"));
        builder.Services.AddLeaderElection("reports");
        builder.Services.AddLeaderElection("mails");
        FakeLeaderElection reports = builder.Services.AddFakeLeaderElection("reports");

        InvalidOperationException refusal = await Assert.ThrowsAsync<InvalidOperationException>(
            () => FakeReplica.StartAsync(builder, reports));

        Assert.Contains("Add services.AddFakeLeaderElection(\"mails\").", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AddFakeLeaderElection_BeforeTheApps_IsRefusedAndSaysWhere()
    {
        InvalidOperationException refusal = Assert.Throws<InvalidOperationException>(
            () => new ServiceCollection().AddFakeLeaderElection());

        Assert.Contains("ConfigureTestServices", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AddFakeLeaderElection_Again_IsTheSameAndOverOtherLeasesRefused()
    {
        var services = new ServiceCollection();
        services.AddLeaderElection();
        FakeLeaderElection first = services.AddFakeLeaderElection();

        Assert.Same(first, services.AddFakeLeaderElection());
        Assert.Same(first, services.AddFakeLeaderElection(first.Leases));
        Assert.Throws<InvalidOperationException>(() => services.AddFakeLeaderElection(new InMemoryLeases()));
    }

    [Fact]
    public async Task Stop_WithoutAnApiServer_EndsByItselfAlthoughNobodyMovesTheClock()
    {
        var clock = new FakeTimeProvider();
        FakeReplica replica = await FakeReplica.StartAsync(new FencedWork(new FencedResource()), new InMemoryLeases(clock));
        await replica.Fake.LeadAsync();
        replica.Fake.Inject(LeaseFault.NoConnection);

        await replica.StopAsync().WaitAsync(Signal.Patience);

        Assert.Equal(LeaderElectionState.Stopped, replica.Election.Status.State);
        await replica.DisposeAsync();
    }
}
