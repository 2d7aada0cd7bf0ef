using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Kubernetes.Connecting;
using LeaseElection.Hosting.Kubernetes.Credentials;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Time;
using LeaseElection.Testing;
using LeaseElection.Testing.Logging;
using LeaseElection.Testing.Time;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LeaseElection.Hosting.Tests;

/// <summary>A connection that the app describes, given to a real host.</summary>
public sealed class GivenConnectionsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ListLoggerProvider _logs = new();
    private readonly ManualTimeProvider _time = new();
    private readonly List<string> _asked = [];

    private static KubernetesApiConnection Good => new() { Server = new Uri("https://127.0.0.1:1"), Namespace = "shop" };

    public void Dispose()
    {
        _folder.Dispose();
        _logs.Dispose();
    }

    [Fact]
    public async Task Start_Throws_IsRefusedInItsWords() => Assert.Equal(
        "UseVault() threw InvalidOperationException: the vault is sealed",
        await RefusedAsync(_ => throw new InvalidOperationException("the vault is sealed"), []));

    [Fact]
    public async Task Start_Hangs_IsRefusedAfterItsTime()
    {
        Task<string> refused = RefusedAsync(
            _ => new(new TaskCompletionSource<KubernetesApiConnection?>().Task), [], stopTime: true);
        await _time.WaitForTimerAsync(AppCode.Timeout);

        _time.Advance(AppCode.Timeout);

        Assert.StartsWith("UseVault() gave no answer within 30 s.", await refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_Blocks_IsRefusedAfterItsTime()
    {
        using var gate = new ManualResetEventSlim();
        Task<string> refused = RefusedAsync(_ =>
        {
            gate.Wait(CancellationToken.None);
            return default;
        }, [], stopTime: true);
        await _time.WaitForTimerAsync(AppCode.Timeout);

        _time.Advance(AppCode.Timeout);

        Assert.StartsWith("UseVault() gave no answer within 30 s.", await refused, StringComparison.Ordinal);
        gate.Set();
    }

    [Fact]
    public async Task Start_Http_IsRefused() => Assert.Equal(
        "The server that UseVault() gives is 'http://10.0.0.1:8080': http is refused, because the token "
            + "would be sent in clear text. Use the https "
        + "address of the API server.",
        await RefusedAsync(new KubernetesApiConnection { Server = new Uri("http://10.0.0.1:8080") }));

    [Fact]
    public async Task Start_NoAuthorityInTheList_IsRefused() => Assert.StartsWith(
        "UseVault() gives an empty list of certificate authorities",
        await RefusedAsync(new KubernetesApiConnection { Server = Good.Server, CertificateAuthorities = [] }), StringComparison.Ordinal);

    [Fact]
    public async Task Start_TlsServerNameThatIsNone_IsRefused() => Assert.Equal(
        "The TLS server name that UseVault() gives is 'a b', but must be a host name.",
        await RefusedAsync(new KubernetesApiConnection { Server = Good.Server, TlsServerName = "a b" }));

    [Fact]
    public async Task Start_NamespaceThatIsNone_IsRefused() => Assert.StartsWith(
        "The namespace that UseVault() gives is \"No Namespace\", but must be",
        await RefusedAsync(new KubernetesApiConnection { Server = Good.Server, Namespace = "No Namespace" }), StringComparison.Ordinal);

    [Fact]
    public async Task Start_NoNamespaceAnywhere_IsRefused() => Assert.StartsWith(
        "LeaderElection:LeaseNamespace is not set",
        await RefusedAsync(new KubernetesApiConnection { Server = Good.Server }), StringComparison.Ordinal);

    [Fact]
    public async Task Start_ConfigureHandlerThrows_IsRefused() => Assert.Equal(
        "Configuring the socket handler as UseVault() says threw InvalidOperationException: no proxy",
        await RefusedAsync(new KubernetesApiConnection
        {
            Server = Good.Server,
            ConfigureHandler = _ => throw new InvalidOperationException("no proxy"),
        }));

    [Fact]
    public async Task Start_ConfigureHandlerHangs_IsRefusedAfterItsTime()
    {
        using var gate = new ManualResetEventSlim();
        var called = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var hanging = new KubernetesApiConnection
        {
            Server = Good.Server,
            ConfigureHandler = _ =>
            {
                called.SetResult();
                gate.Wait(CancellationToken.None);
            },
        };
        Task<string> refused = Task.Run(() => RefusedAsync(_ => new(hanging), [], stopTime: true));
        await called.Task.WaitAsync(Signal.Patience);

        _time.Advance(AppCode.Timeout);

        Assert.StartsWith(
            "Configuring the socket handler as UseVault() says gave no answer within 30 s.", await refused, StringComparison.Ordinal);
        gate.Set();
    }

    [Fact]
    public async Task Start_NoServer_IsRefused() => Assert.Equal(
        "The server that UseVault() gives is null. Set it to the https address of the API server.",
        await RefusedAsync(new KubernetesApiConnection { Server = null! }));

    /// <summary>The store logs while it is opened, and in the middle of a request.</summary>
    [Fact]
    public async Task Start_LogOfTheStoreThrows_CostsNothing()
    {
        using IHost host = Build(
            builder =>
            {
                builder.Services.AddSingleton<ILoggerProvider>(new ThrowingLoggerProvider());
                builder.UseKubernetesConnection("UseVault()", (_, _) => new(
                    new KubernetesApiConnection { Server = Good.Server, Namespace = "shop", SkipTlsVerify = true }));
            },
            []);

        await host.StartAsync();

        await host.StopAsync();
    }

    [Theory]
    [InlineData("ApiServer")]
    [InlineData("KubeConfig")]
    [InlineData("Context")]
    [InlineData("TokenFile")]
    [InlineData("CertificateAuthorityFile")]
    public async Task Start_SettingsSayItToo_IsRefusedWithBothNames(string option)
    {
        Assert.Equal(
            $"LeaderElection:Kubernetes:{option} is 'x', but UseVault() says in code how the API server is reached. Remove one of the two.",
            await RefusedAsync(_ => new(Good), [$"Kubernetes:{option}=x"]));
        Assert.Empty(_asked);
    }

    [Theory]
    [InlineData("Store=File")]
    [InlineData("Enabled=false")]
    public async Task Start_LeaseIsKeptElsewhere_IsNotAsked(string setting)
    {
        using IHost host = Build(
            builder => builder.UseKubernetesConnection("UseVault()", (_, _) => throw new InvalidOperationException()),
            [setting, "Kubernetes:ApiServer=https://10.0.0.1"]);

        await host.StartAsync();

        await host.Services.GetRequiredService<ILeaderElection>().WaitForLeadershipAsync().WaitAsync(Signal.Patience);
        await host.StopAsync();
    }

    [Fact]
    public async Task Start_KnowsOfNoServer_InDevelopmentElectsOverAFile()
    {
        using IHost host = Build(Nothing, [], Environments.Development);

        await host.StartAsync();

        await host.Services.GetRequiredService<ILeaderElection>().WaitForLeadershipAsync().WaitAsync(Signal.Patience);
        Assert.Single(_logs.Named("ElectsOnThisMachineOnly"));
        await host.StopAsync();
    }

    [Theory]
    [InlineData("Store=Auto")]
    [InlineData("Store=Kubernetes")]
    public async Task Start_KnowsOfNoServer_ElsewhereIsRefusedWithWhatWasTried(string setting)
    {
        string message = await RefusedAsync(_ => default, [setting]);

        Assert.Contains("no Kubernetes API server was found", message, StringComparison.Ordinal);
        Assert.Contains("- UseVault() knows of no API server\n", message, StringComparison.Ordinal);
        Assert.Contains("- the variable KUBECONFIG is not set\n", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_CalledTwice_TheLastCallWins()
    {
        using IHost host = Build(builder => Ask(Ask(builder, "first"), "second"), []);

        await host.StartAsync();

        Assert.Equal(["second"], _asked);
        Assert.Equal("shop", host.Services.GetRequiredService<ILeaderElection>().LeaseNamespace);
        await host.StopAsync();
    }

    [Fact]
    public async Task Start_TwoElectionsWithTheSameFunction_AsksOnceForBoth()
    {
        ValueTask<KubernetesApiConnection?> Describe(IServiceProvider services, CancellationToken token)
        {
            _asked.Add("both");
            return new(Good);
        }
        using IHost host = Build(builder =>
        {
            builder.UseKubernetesConnection("UseVault()", Describe);
            builder.Services.AddLeaderElection(
                "reports", options => options.LeaseName = "reports").UseKubernetesConnection("UseVault()", Describe);
        }, []);

        await host.StartAsync();

        Assert.Equal(["both"], _asked);
        await host.StopAsync();
    }

    [Fact]
    public async Task Ask_ForManyAtOnce_IsAskedOnce()
    {
        var answer = new TaskCompletionSource<KubernetesApiConnection?>(TaskCreationOptions.RunContinuationsAsynchronously);
        int asked = 0;
        var services = new ServiceCollection();
        services.AddLeaderElection().UseKubernetesConnection("UseVault()", (_, _) =>
        {
            Interlocked.Increment(ref asked);
            return new(answer.Task);
        });
        await using ServiceProvider provider = services.BuildServiceProvider();
        GivenConnections given = provider.GetRequiredService<GivenConnections>();

        Task<KubernetesConnection?>[] all = [.. Enumerable.Range(0, 20).Select(_ => AskAsync(given))];
        answer.SetResult(Good);

        Assert.Single((await Task.WhenAll(all)).Distinct());
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task Ask_ThrewOrKnewOfNone_IsAskedAgain()
    {
        var answers = new Queue<Func<KubernetesApiConnection?>>(
            [() => throw new InvalidOperationException("sealed"), () => null, () => Good]);
        var services = new ServiceCollection();
        services.AddLeaderElection().UseKubernetesConnection("UseVault()", (_, _) => new(answers.Dequeue()()));
        await using ServiceProvider provider = services.BuildServiceProvider();
        GivenConnections given = provider.GetRequiredService<GivenConnections>();

        await Assert.ThrowsAsync<LeaseStoreConfigurationException>(() => AskAsync(given));
        Assert.Null(await AskAsync(given));
        Assert.NotNull(await AskAsync(given));
    }

    private static Task<KubernetesConnection?> AskAsync(GivenConnections given) =>
        given.AskAsync(new LeaderElectionRegistration("", Section: null), new LeaderElectionOptions(), CancellationToken.None).AsTask();

    [Fact]
    public async Task Start_TwoElections_EachAsksItsOwn()
    {
        using IHost host = Build(builder =>
        {
            Ask(builder, "unnamed");
            Ask(builder.Services.AddLeaderElection("reports", options => options.LeaseName = "reports"), "reports");
        }, []);

        await host.StartAsync();

        Assert.Equal(["unnamed", "reports"], _asked);
        await host.StopAsync();
    }

    private static void Nothing(LeaderElectionBuilder builder) => builder.UseKubernetesConnection("UseVault()", (_, _) => default);

    private LeaderElectionBuilder Ask(LeaderElectionBuilder builder, string who) => builder.UseKubernetesConnection(who, (_, _) =>
    {
        _asked.Add(who);
        return new(Good);
    });

    private Task<string> RefusedAsync(KubernetesApiConnection connection) => RefusedAsync(_ => new(connection), []);

    private async Task<string> RefusedAsync(
        Func<CancellationToken, ValueTask<KubernetesApiConnection?>> connect, string[] settings, bool stopTime = false)
    {
        using IHost host = Build(
            builder => builder.UseKubernetesConnection("UseVault()", (_, token) => connect(token)), settings, stopTime: stopTime);
        return (await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync())).Message;
    }

    private IHost Build(Action<LeaderElectionBuilder> use, string[] settings, string environment = "Production", bool stopTime = false)
    {
        var builder = new HostApplicationBuilder(
            new HostApplicationBuilderSettings { DisableDefaults = true, EnvironmentName = environment });
        builder.Configuration.AddInMemoryCollection(
            settings.Append("LeaseName=settlement").Append($"File:Directory={_folder.Path}").Select(setting => setting.Split('=', 2))
                .ToDictionary(pair => $"LeaderElection:{pair[0]}", pair => (string?)pair[1]));
        builder.Logging.AddProvider(_logs);
        builder.Services.AddSingleton(TestEnvironment.With());
        if (stopTime)
            builder.Services.AddSingleton(new ElectionClock(_time));
        use(builder.Services.AddLeaderElection());
        return builder.Build();
    }
}
