using System.Text.Json.Nodes;
using LeaseElection.Hosting.ClusterTests.Election;
using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Kubernetes.Announcing;
using LeaseElection.Hosting.Time;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Proxy;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.ClusterTests.Announcing;

/// <summary>
/// Pods of a real API server (which no kubelet runs), and hosts that believe to be in them, each with a fault proxy of its own.
/// </summary>
internal sealed class LabelScene : IAsyncDisposable
{
    public const string Label = "leaseelection.dev/role";

    /// <summary>A right of the table of docs/kubernetes.md each.</summary>
    public static readonly PolicyRule Leases = PolicyRule.Leases("get", "create", "update", "watch");
    public static readonly PolicyRule Pods = new("", "pods", "patch");
    public static readonly PolicyRule Events = new("", "events", "create");

    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly List<IAsyncDisposable> _owned = [];

    private LabelScene(RealApiServer server, string @namespace, ApiServerUser user)
    {
        Server = server;
        Namespace = @namespace;
        User = user;
    }

    public RealApiServer Server { get; }

    public string Namespace { get; }

    public ApiServerUser User { get; }

    private string PodsPath => $"/api/v1/namespaces/{Namespace}/pods";

    public static async Task<LabelScene> OpenAsync(RealApiServer server, params PolicyRule[] rights)
    {
        string @namespace = await server.CreateNamespaceAsync();
        return new LabelScene(server, @namespace, await server.CreateUserAsync(@namespace, rights));
    }

    public Task AddPodAsync(string name, bool labelled = false) => Server.Admin.SendAsync(HttpMethod.Post, PodsPath, new JsonObject
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Pod",
        ["metadata"] = new JsonObject
        {
            ["name"] = name,
            ["labels"] = labelled
                ? new JsonObject { ["app"] = "settlement", [Label] = "leader" }
                : new JsonObject { ["app"] = "settlement" },
        },
        ["spec"] = new JsonObject
        {
            ["containers"] = new JsonArray(new JsonObject { ["name"] = "app", ["image"] = "example.org/settlement" }),
        },
    });

    /// <summary>The Pods that a Service of the leader selects.</summary>
    public async Task<string[]> LabelledAsync()
    {
        JsonObject pods = await Server.Admin.SendAsync(HttpMethod.Get, $"{PodsPath}?labelSelector={Uri.EscapeDataString(Label)}%3Dleader");
        return [.. pods["items"]!.AsArray().Select(pod => (string)pod!["metadata"]!["name"]!).Order(StringComparer.Ordinal)];
    }

    /// <summary>Waits until these Pods bear the label, and no other.</summary>
    public async Task UntilLabelledAsync(params string[] pods)
    {
        string[] labelled = [];
        try
        {
            await Polling.UntilAsync(async () => (labelled = await LabelledAsync()).SequenceEqual(pods), Patience);
        }
        catch (TimeoutException)
        {
            Assert.Equal(pods, labelled);
        }
    }

    public async Task<FaultProxy> AddProxyAsync()
    {
        FaultProxy proxy = await FaultProxy.StartAsync(Server);
        _owned.Add(proxy);
        return proxy;
    }

    /// <param name="pod">The Pod that it believes to be in.</param>
    /// <param name="proxy">Between it and the API server.</param>
    /// <param name="configure">What is special about it.</param>
    /// <param name="patience">How long its release waits for the label to go, if not as long as everybody's.</param>
    public async Task<ClusterHost> StartAsync(
        string pod, FaultProxy? proxy = null, Action<LeaderElectionOptions>? configure = null, TimeSpan? patience = null)
    {
        ProcessEnvironment inPod = ProcessEnvironment.Current with
        {
            Variable = name => name switch
            {
                "POD_NAME" => pod,
                "POD_NAMESPACE" => Namespace,
                _ => null,
            },
        };
        ClusterHost host = await ClusterHost.StartAsync(
            Server,
            User,
            Namespace,
            options =>
            {
                options.Kubernetes.LabelLeaderPod = true;
                options.Kubernetes.ApiServer = (proxy?.Url ?? Server.Url).ToString();
                configure?.Invoke(options);
            },
            election =>
            {
                election.Services.AddSingleton(inPod);
                if (patience is { } time)
                {
                    election.Services.AddSingleton(services => new AnnouncerFactory(
                        inPod, services.GetRequiredService<ElectionClock>(), services.GetRequiredService<ILoggerFactory>())
                    {
                        Patience = time,
                    });
                }
            });
        _owned.Add(host);
        return host;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable owned in Enumerable.Reverse(_owned))
            await owned.DisposeAsync();
    }
}
