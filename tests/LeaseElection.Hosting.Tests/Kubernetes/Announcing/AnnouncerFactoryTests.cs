using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Kubernetes.Announcing;
using LeaseElection.Hosting.Kubernetes.Connecting;
using LeaseElection.Hosting.Kubernetes.Credentials;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Time;
using LeaseElection.Testing.FakeApiServer;
using LeaseElection.Testing.Logging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace LeaseElection.Hosting.Tests.Kubernetes.Announcing;

public sealed class AnnouncerFactoryTests
{
    private static readonly KubernetesConnection Connection = new()
    {
        Server = new Uri("https://127.0.0.1:1"),
        Origin = "test",
        User = new ClusterUser { Token = TextSource.Inline("token", "t") },
    };

    [Fact]
    public void Defaults_NobodyIsTold() => Assert.Empty(Open(NewFactory(), new LeaderElectionOptions()));

    [Fact]
    public async Task Label_InAPod_IsThePodAndItsNamespace()
    {
        AnnouncerFactory factory = NewFactory(("POD_NAME", "web-1"), ("POD_NAMESPACE", "shop"));
        await using var label = Assert.IsType<LeaderPodLabel>(Assert.Single(Open(factory, Labelled())));
    }

    [Theory]
    [InlineData("POD_NAME", null, "LeaderElection:Kubernetes:LabelLeaderPod is true, but the variable "
        + "POD_NAME is not set, which tells the Pod to "
        + "label: set POD_NAME from the downward API (fieldPath: metadata.name), or LeaderElection:Kubernetes:LabelLeaderPod to false.")]
    [InlineData("POD_NAME", "Web_1", "POD_NAME is \"Web_1\", and must be a lower-case RFC 1123 subdomain")]
    [InlineData("POD_NAMESPACE", null, "the variable POD_NAMESPACE is not set, and /nowhere/serviceaccount/namespace is not found")]
    [InlineData("POD_NAMESPACE", "a.b", "the namespace of the Pod is \"a.b\", and must be a lower-case RFC 1123 label")]
    public void Label_PodUnknown_IsRefusedWithTheFix(string variable, string? value, string expected)
    {
        Dictionary<string, string?> variables = new() { ["POD_NAME"] = "web-1", ["POD_NAMESPACE"] = "shop", [variable] = value };
        AnnouncerFactory factory = NewFactory([.. variables.Where(pair => pair.Value is not null).Select(pair => (pair.Key, pair.Value!))]);
        var exception = Assert.Throws<LeaseStoreConfigurationException>(() => Open(factory, Labelled()));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Label_NothingOfThePodIsKnown_IsToldAllAtOnce()
    {
        var exception = Assert.Throws<LeaseStoreConfigurationException>(() => Open(NewFactory(), Labelled()));
        Assert.Contains("set POD_NAME from the downward API", exception.Message, StringComparison.Ordinal);
        Assert.Contains("set POD_NAMESPACE from the downward API", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Label_TwoElectionsOfAHost_IsRefused()
    {
        AnnouncerFactory factory = NewFactory(("POD_NAME", "web-1"), ("POD_NAMESPACE", "shop"));
        await using var first = (LeaderPodLabel)Open(factory, Labelled(), "reports")[0];
        var exception = Assert.Throws<LeaseStoreConfigurationException>(() => Open(factory, Labelled(), "billing"));
        Assert.Contains("LeaderElection:reports:Kubernetes:LabelLeaderPod", exception.Message, StringComparison.Ordinal);
        Assert.Contains("LeaderElection:billing:Kubernetes:LabelLeaderPod", exception.Message, StringComparison.Ordinal);
    }

    /// <summary>Hundreds of elections are taken over in the same second, and each would bring a connection and a run of a plugin.</summary>
    [Fact]
    public async Task Events_OfSeveralElections_GoOverOneConnectionWhichNoneOfThemCloses()
    {
        await using FakeKubeApiServer server = await FakeKubeApiServer.StartAsync();
        var logs = new ListLoggerProvider();
        using ILoggerFactory loggers = LoggerFactory.Create(builder => builder.SetMinimumLevel(LogLevel.Debug).AddProvider(logs));
        await using var factory = new AnnouncerFactory(TestEnvironment.With(), new ElectionClock(TimeProvider.System), loggers);
        var options = new LeaderElectionOptions { Kubernetes = { PublishEvents = true } };
        // Each as it is read for its election: equal, and not the same.
        ILeadershipAnnouncer PublisherOf(int election) => Assert.Single(factory.Open(
            new LeaderElectionRegistration($"e{election}", null), options, new StoreSetup(server).Connection,
            new ElectionIdentityCard("shop", $"lease-{election}", "me")));
        for (int i = 1; i <= 3; i++)
        {
            ILeadershipAnnouncer publisher = PublisherOf(i);
            publisher.Began(null);
            await logs.WaitForAsync("EventPublished", i);
            await publisher.DisposeAsync();
        }

        Assert.Equal(3, server.Requests.Count);
        Assert.Single(server.Requests.Select(request => request.ConnectionId).Distinct());

        await using ILeadershipAnnouncer last = PublisherOf(4);
        await factory.DisposeAsync(); // As with the host.
        last.Began(null);
        await logs.WaitForAsync("EventNotPublished");
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task Host_LabelWithoutAPod_FailsToStartWithTheMessage()
    {
        using var folder = new TemporaryFolder();
        string token = Path.Combine(folder.Path, "token");
        await File.WriteAllTextAsync(token, "t");
        using IHost host = NewHost(new ListLoggerProvider(), options =>
        {
            options.Kubernetes.ApiServer = "https://127.0.0.1:1";
            options.Kubernetes.TokenFile = token;
            options.LeaseNamespace = "shop";
            options.Store = LeaseStoreKind.Kubernetes;
            options.Kubernetes.LabelLeaderPod = true;
        });
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
        Assert.Contains("POD_NAME", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Host_WithoutAKubernetesLease_SaysSoOnceAndStarts(bool enabled)
    {
        var logs = new ListLoggerProvider();
        using var folder = new TemporaryFolder();
        using IHost host = NewHost(logs, options =>
        {
            options.Enabled = enabled;
            options.Store = LeaseStoreKind.File;
            options.File.Directory = folder.Path;
            options.Kubernetes.LabelLeaderPod = options.Kubernetes.PublishEvents = true;
        });
        await host.StartAsync();
        await host.StopAsync();
        LogEntry said = Assert.Single(logs.Named("NothingToAnnounceTo"));
        Assert.Equal(LogLevel.Information, said.Level);
        Assert.StartsWith(
            "Nothing comes of LeaderElection:Kubernetes:PublishEvents and LeaderElection:Kubernetes:LabelLeaderPod here", said.Message,
            StringComparison.Ordinal);
    }

    private static IHost NewHost(ListLoggerProvider logs, Action<LeaderElectionOptions> configure)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddProvider(logs);
        builder.Services.AddSingleton(TestEnvironment.With());
        builder.Services.AddLeaderElection(options =>
        {
            options.LeaseName = "settlement";
            configure(options);
        });
        return builder.Build();
    }

    private static LeaderElectionOptions Labelled() => new() { Kubernetes = { LabelLeaderPod = true } };

    private static AnnouncerFactory NewFactory(params (string Name, string Value)[] variables) =>
        new(TestEnvironment.With(variables), new ElectionClock(TimeProvider.System), NullLoggerFactory.Instance);

    private static IReadOnlyList<ILeadershipAnnouncer> Open(AnnouncerFactory factory, LeaderElectionOptions options, string name = "") =>
        factory.Open(new LeaderElectionRegistration(name, null), options, Connection, new ElectionIdentityCard("shop", "settlement", "me"));
}
