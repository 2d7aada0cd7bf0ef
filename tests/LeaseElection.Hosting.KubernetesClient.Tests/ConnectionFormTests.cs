using System.Text;
using k8s;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Logging;
using Microsoft.Extensions.DependencyInjection;

namespace LeaseElection.Hosting.KubernetesClient.Tests;

/// <summary>Every form that a configuration comes in, on a real API server.</summary>
[Collection(ApiServerFixture.Collection)]
public sealed class ConnectionFormTests(ApiServerFixture fixture) : IAsyncLifetime
{
    private Surroundings _around = null!;

    public async Task InitializeAsync()
    {
        if (ApiServerAssets.SkipReason is null)
            _around = await Surroundings.OpenAsync(fixture.Server);
    }

    public async Task DisposeAsync() => await (_around?.DisposeAsync() ?? default);

    [ApiServerFact]
    public async Task InCluster_Factory_LeadsInTheNamespaceOfThePod()
    {
        using var pod = new Pod(_around);

        await LeadsAsync(builder => builder.UseKubernetesClient(KubernetesClientConfiguration.InClusterConfig));
    }

    [ApiServerFact]
    public async Task InCluster_OneLineForLaptopAndPod_LeadsOnTheCluster()
    {
        using var pod = new Pod(_around);

        await LeadsAsync(builder => builder.UseKubernetesClient(
            () => KubernetesClientConfiguration.IsInCluster() ? KubernetesClientConfiguration.InClusterConfig() : null));
    }

    [ApiServerFact]
    public async Task KubeConfig_Registered_LeadsInTheNamespaceOfItsContext()
    {
        string path = _around.WriteKubeConfig($"token: {_around.User.Token}");

        await LeadsAsync(builder =>
        {
            builder.Services.AddSingleton(KubernetesClientConfiguration.BuildConfigFromConfigFile(path));
            builder.UseKubernetesClient();
        });
    }

    [ApiServerFact]
    public async Task KubeConfig_WithAnExecPlugin_Leads()
    {
        string path = _around.WriteKubeConfigWithPlugin();

        await LeadsAsync(builder => builder.UseKubernetesClient(() => KubernetesClientConfiguration.BuildConfigFromConfigFile(path)));

        Assert.InRange(_around.PluginAsked(), 1, 2); // By the configuration, and once more by its token provider.
    }

    [ApiServerTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task KubeConfig_WithAClientCertificate_Leads(bool inFiles)
    {
        (string certificate, string key) = fixture.Server.CreateClientCertificate(_around.User.Name);
        await File.WriteAllTextAsync(_around.PathOf("client.crt"), certificate);
        await File.WriteAllTextAsync(_around.PathOf("client.key"), key);
        string user = inFiles
            ? "client-certificate: client.crt, client-key: client.key"
            : $"client-certificate-data: {Base64(certificate)}, client-key-data: {Base64(key)}";
        string path = _around.WriteKubeConfig(user, fixture.Server.Url); // The proxy would have to prove itself with it.

        await LeadsAsync(builder => builder.UseKubernetesClient(KubernetesClientConfiguration.BuildConfigFromConfigFile(path)));
    }

    [ApiServerFact]
    public async Task Instance_Given_Leads() =>
        await LeadsAsync(builder => builder.UseKubernetesClient(_around.Configuration()));

    [ApiServerFact]
    public async Task Instance_Keyed_Leads() => await LeadsAsync(builder =>
    {
        builder.Services.AddSingleton(new KubernetesClientConfiguration { Host = "https://127.0.0.1:1" });
        builder.Services.AddKeyedSingleton("management", _around.Configuration());
        builder.UseKubernetesClient(services => services.GetRequiredKeyedService<KubernetesClientConfiguration>("management"));
    });

    /// <summary>As KubeOps registers them.</summary>
    [ApiServerFact]
    public async Task ConfigurationAndClient_AsSingletons_LeadBesideTheClient()
    {
        await using ClientHost host = Host(builder =>
        {
            builder.Services.AddSingleton(_ => _around.Configuration());
            builder.Services.AddSingleton<IKubernetes>(
                services => new k8s.Kubernetes(services.GetRequiredService<KubernetesClientConfiguration>()));
            builder.UseKubernetesClient();
        });

        LeadershipTerm term = await host.LeadsAsync();

        var lease =
            await host.Services.GetRequiredService<IKubernetes>().CoordinationV1.ReadNamespacedLeaseAsync("settlement", _around.Namespace);
        Assert.Equal(term.Identity, lease.Spec.HolderIdentity);
        await host.StopAsync();
    }

    [ApiServerFact]
    public async Task TwoElections_EachWithAConfigurationOfItsOwn_BothLead()
    {
        await using Surroundings other = await Surroundings.OpenAsync(fixture.Server);
        await using ClientHost host = Host(builder =>
        {
            builder.UseKubernetesClient(_around.Configuration);
            builder.Services.AddLeaderElection(
                "reports", options => options.LeaseName = "reports").UseKubernetesClient(other.Configuration);
        });
        await host.LeadsAsync();

        LeadershipTerm term = await host.Services.GetRequiredKeyedService<ILeaderElection>("reports").WaitForLeadershipAsync();

        Assert.Equal((other.Namespace, "reports"), (term.LeaseNamespace, term.LeaseName));
        Assert.NotEqual(0, other.Proxy.Requests["create"]);
        await host.StopAsync();
    }

    [ApiServerTheory]
    [InlineData("localhost", true)]
    [InlineData("kubernetes.example.com", false)]
    public async Task TlsServerName_IsChecked_WhateverTheConfigurationsCallbackSays(string name, bool trusted)
    {
        KubernetesClientConfiguration configuration = _around.Configuration();
        configuration.TlsServerName = name;
#pragma warning disable CA5359 // What is shown is that it changes nothing.
        configuration.FirstMessageHandlerSetup = handler => handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        await using ClientHost host = Host(builder => builder.UseKubernetesClient(configuration));

        if (trusted)
        {
            await host.LeadsAsync();
        }
        else
        {
            await host.StartAsync();
            LogEntry warning = await host.Logs.WaitForAsync("StoreFailed", entry => !SlowAnswer.IsTold(entry.Message));
            Assert.Contains("not for kubernetes.example.com", warning.Message, StringComparison.Ordinal);
            Assert.Equal(0, _around.Proxy.Requests.Total);
        }
        await host.StopAsync();
    }

    [ApiServerFact]
    public async Task Announcements_GoOverTheSameConnection()
    {
        await fixture.Server.GrantAsync(
            _around.User, _around.Namespace, PolicyRule.Leases("get", "create", "update", "watch"), new PolicyRule("", "events", "create"));
        await using ClientHost host = Host(builder => builder.UseKubernetesClient(_around.Configuration), "Kubernetes:PublishEvents=true");

        await host.LeadsAsync();
        await host.Logs.WaitForAsync("EventPublished");

        Assert.Empty(host.Warnings);
        await host.StopAsync();
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static ClientHost Host(Action<LeaderElectionBuilder> use, params string[] settings) => new(use, settings);

    private async Task LeadsAsync(Action<LeaderElectionBuilder> use)
    {
        await using ClientHost host = Host(use);

        LeadershipTerm term = await host.LeadsAsync();

        Assert.Equal(_around.Namespace, term.LeaseNamespace);
        Assert.Equal(term.Identity, await fixture.Server.KubectlAsync(
            null, "get", "lease", "settlement", "-n", _around.Namespace, "-o", "jsonpath={.spec.holderIdentity}"));
        Assert.Empty(host.Warnings);
        await host.StopAsync();
    }
}
