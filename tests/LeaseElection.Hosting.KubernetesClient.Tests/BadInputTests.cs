using k8s;
using LeaseElection.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LeaseElection.Hosting.KubernetesClient.Tests;

/// <summary>What cannot work does not start, and says what to write instead.</summary>
public sealed class BadInputTests
{
    private const string Line = "builder.Services.AddSingleton(KubernetesClientConfiguration.BuildDefaultConfig());";

    [Fact]
    public async Task NoConfiguration_SaysTheLineThatIsMissing() => Assert.Equal(
        $"UseKubernetesClient() finds no KubernetesClientConfiguration among the services. Add one: {Line}",
        await RefusedAsync(builder => builder.UseKubernetesClient()));

    [Fact]
    public async Task OnlyAClient_SaysTheLineThatIsMissing() => Assert.Equal(
        "UseKubernetesClient() finds an IKubernetes among the services, but that does not tell how it connects, and no "
        + $"KubernetesClientConfiguration. Register the one that it is made of: {Line}",
        await RefusedAsync(builder =>
        {
            builder.Services.AddSingleton<IKubernetes>(_ => throw new InvalidOperationException("never made"));
            builder.UseKubernetesClient();
        }));

    [Theory]
    [InlineData("http://10.0.0.1:8080", "http is refused, because the token would be sent in clear text")]
    [InlineData(
        "http://localhost:8080",
        "which is what BuildDefaultConfig() answers where it finds neither a kubeconfig nor a Pod's service account")]
    [InlineData("10.0.0.1", "must be an absolute https URL")]
    [InlineData("ftp://10.0.0.1", "must begin with https://")]
    [InlineData("", "Host of the KubernetesClientConfiguration that UseKubernetesClient takes is not set")]
    public async Task Host_ThatIsNoHttpsAddress_IsNamed(string host, string part)
    {
        string message = await RefusedAsync(builder => builder.UseKubernetesClient(new KubernetesClientConfiguration { Host = host }));

        Assert.Contains(part, message, StringComparison.Ordinal);
        Assert.Contains($"{host}'", message + "'", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Factory_Throws_SaysItsWords()
    {
        string message = await RefusedAsync(builder => builder.UseKubernetesClient(KubernetesClientConfiguration.InClusterConfig));

        Assert.StartsWith(
            "UseKubernetesClient(factory) threw KubeConfigException: Unable to load in-cluster configuration.", message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Kubernetes:ApiServer=https://10.0.0.1")]
    [InlineData("Kubernetes:KubeConfig=/etc/config")]
    [InlineData("Kubernetes:TokenFile=/etc/token")]
    public async Task SettingsBeside_AreNamedWithIt(string setting)
    {
        string message = await RefusedAsync(builder => builder.UseKubernetesClient(Good), setting);

        Assert.StartsWith($"LeaderElection:{setting.Split('=')[0]} is '", message, StringComparison.Ordinal);
        Assert.Contains("UseKubernetesClient(configuration) says in code how the API server is reached", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ClientCertificate_FileThatIsNotThere_IsNamed()
    {
        var configuration = Good;
        (configuration.ClientCertificateFilePath, configuration.ClientKeyFilePath) = ("/nowhere/client.crt", "/nowhere/client.key");

        Assert.Contains(
            "/nowhere/client.crt", await RefusedAsync(builder => builder.UseKubernetesClient(configuration)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ClientCertificate_ThatIsNone_SaysWhatItMustBe()
    {
        var configuration = Good;
        (configuration.ClientCertificateData, configuration.ClientCertificateKeyData) = ("bm90aGluZw==", "bm90aGluZw==");

        string message = await RefusedAsync(builder => builder.UseKubernetesClient(configuration));

        Assert.Contains("must hold the client's certificate in PEM form", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FirstMessageHandlerSetup_Throws_SaysItsWords()
    {
        var configuration = Good;
        configuration.FirstMessageHandlerSetup = _ => throw new InvalidOperationException("no proxy");

        Assert.Equal(
            "Configuring the socket handler as UseKubernetesClient(configuration) says threw InvalidOperationException: no proxy",
            await RefusedAsync(builder => builder.UseKubernetesClient(configuration)));
    }

    [Fact]
    public async Task Factory_KnowsOfNoCluster_SaysWhatWasTried()
    {
        string message = await RefusedAsync(builder => builder.UseKubernetesClient(() => null));

        Assert.Contains("- UseKubernetesClient(factory) knows of no API server\n", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Factory_KnowsOfNoClusterInDevelopment_ElectsOverAFile()
    {
        await using var host = new ClientHost(builder => builder.UseKubernetesClient(() => null), [], Environments.Development);

        await host.LeadsAsync();

        Assert.Single(host.Logs.Named("ElectsOnThisMachineOnly"));
        await host.StopAsync();
    }

    [Theory]
    [InlineData("Store=File")]
    [InlineData("Enabled=false")]
    public async Task LeaseKeptElsewhere_IsNotAsked(string setting)
    {
        await using var host = new ClientHost(builder => builder.UseKubernetesClient(), [setting]);

        await host.LeadsAsync();

        await host.StopAsync();
    }

    [Fact]
    public async Task CalledTwice_TheLastCallWins()
    {
        int asked = 0;
        await using var host = new ClientHost(
            builder => builder.UseKubernetesClient().UseKubernetesClient(() =>
            {
                asked++;
                return Good;
            }),
            []);

        await host.StartAsync().WaitAsync(Signal.Patience);

        Assert.Equal(1, asked);
        await host.StopAsync();
    }

    private static KubernetesClientConfiguration Good => new() { Host = "https://127.0.0.1:1", Namespace = "shop" };

    private static async Task<string> RefusedAsync(Action<LeaderElectionBuilder> use, params string[] settings)
    {
        await using var host = new ClientHost(use, settings);
        return await host.RefusedAsync();
    }
}
