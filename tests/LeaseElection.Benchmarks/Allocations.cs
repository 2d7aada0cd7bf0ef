using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;
using k8s;
using k8s.Models;
using LeaseElection.Hosting;
using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Kubernetes.Connecting;
using LeaseElection.Hosting.Leases;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeaseElection.Benchmarks;

/// <summary>
/// What a renewal and an event of a watch allocate, beside KubernetesClient, with the same answers and no network. Everything that both do
/// for the request is in it, from the record to the answer understood.
/// </summary>
#pragma warning disable CA1515, CA1001 // BenchmarkDotNet derives from it, and runs its clean-up.
[MemoryDiagnoser]
public class Allocations
#pragma warning restore CA1515, CA1001
{
    public const string Usage = """
        Usage: dotnet run -c Release --project tests/LeaseElection.Benchmarks -- allocations

        Measures with BenchmarkDotNet what a renewal and an event of a watch allocate, here and with KubernetesClient, which get the same
        answers without a network; beside them the same bytes, put and read by nothing but .NET's HTTP client, and not understood. Then what
        a renewal allocates over a real API server, with all that is done for it on other threads.
        """;

    private const int Events = 1000;

    /// <summary>As kube-apiserver writes it, with the managedFields of one writer.</summary>
    private static readonly string AsWritten = JsonNode.Parse("""
        {
          "kind": "Lease", "apiVersion": "coordination.k8s.io/v1",
          "metadata": {
            "name": "settlement", "namespace": "shop", "uid": "0f8d0ac4-3c5b-4d0c-9d0e-6f1f0c6f2a77", "resourceVersion": "VERSION",
            "creationTimestamp": "2026-01-31T11:59:00Z",
            "managedFields": [{
              "manager": "LeaseElection.Hosting", "operation": "Update", "apiVersion": "coordination.k8s.io/v1", "time": "2026-01-31T12:00:00Z",
              "fieldsType": "FieldsV1", "fieldsV1": { "f:spec": {
                "f:acquireTime": {}, "f:holderIdentity": {}, "f:leaseDurationSeconds": {}, "f:leaseTransitions": {}, "f:renewTime": {} } }
            }]
          },
          "spec": {
            "holderIdentity": "worker-0_a1b2c3d4", "leaseDurationSeconds": 15, "leaseTransitions": 3,
            "acquireTime": "2026-01-31T12:00:00.000000Z", "renewTime": "2026-01-31T12:00:00.000000Z"
          }
        }
        """)!.ToJsonString();

    private static readonly byte[] Answer = Encoding.UTF8.GetBytes(LeaseJson(0));
    private static readonly byte[] Watch = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(1, Events)
        .Select(i => $$"""{"type":"MODIFIED","object":{{LeaseJson(i)}}}""" + "\n")));

    private static readonly LeaseRecord Record = new()
    {
        HolderIdentity = "worker-0_a1b2c3d4",
        LeaseDurationSeconds = 15,
        AcquireTime = new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero),
        RenewTime = new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero),
        LeaseTransitions = 3,
    };

    private static readonly Uri Address = new("https://kubernetes.default.svc/lease");

    private readonly byte[] _buffer = new byte[4096];
    private KubernetesLeaseStore _store = null!;
    private Lease _lease = null!;
    private k8s.Kubernetes _client = null!;
    private V1Lease _other = null!;
    private HttpMessageInvoker _bare = null!;

    public static Task RunAsync()
    {
        var job = Job.Default.WithToolchain(new InProcessNoEmitToolchain(logOutput: false)).WithWarmupCount(3).WithIterationCount(10);

        // Not into the checkout, where the tests of documents would take the report for one of ours.
        string reports = Path.Combine(Path.GetTempPath(), "lease-election-allocations");
        BenchmarkRunner.Run<Allocations>(
            DefaultConfig.Instance.AddJob(job).WithOptions(ConfigOptions.DisableLogFile).WithArtifactsPath(reports));
        return AllocationsOverTheWire.RunAsync(Record);
    }

    [GlobalSetup]
    public async Task SetUpAsync()
    {
        var connection =
            new KubernetesApiConnection { Server = new Uri("https://kubernetes.default.svc"), CreateHandler = () => new CannedAnswers() };
        var giver = new ConnectionGiver("the benchmark", _ => new(connection), TimeProvider.System);
        _store = new KubernetesLeaseStore(
            GivenConnection.Create(giver, connection), "shop", "settlement", TimeProvider.System, NullLogger.Instance);
        _lease = ((LeaseReply.Found)await _store.ReadAsync(TimeSpan.FromSeconds(10), CancellationToken.None)).Lease;

        _client = new k8s.Kubernetes(
            new KubernetesClientConfiguration { Host = "https://kubernetes.default.svc" }, new CannedAnswersBetween());
        _other = await _client.CoordinationV1.ReadNamespacedLeaseAsync("settlement", "shop");

        _bare = new HttpMessageInvoker(new CannedAnswers());
    }

    [GlobalCleanup]
    public async Task CleanUpAsync()
    {
        await _store.DisposeAsync();
        _client.Dispose();
        _bare.Dispose();
    }

    /// <summary>With the headers that an API server needs, and an address that is made once.</summary>
    [Benchmark]
    public async Task<int> RenewalByNothingButTheHttpClient()
    {
        var content = new ByteArrayContent(Answer);
        content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Put, Address) { Content = content };
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        request.Headers.TryAddWithoutValidation("User-Agent", "nothing");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer none");
        using HttpResponseMessage response = await _bare.SendAsync(request, CancellationToken.None);
        Stream stream = await response.Content.ReadAsStreamAsync();
        int length = 0;
        int read;
        while ((read = await stream.ReadAsync(_buffer)) > 0)
            length += read;
        return length;
    }

    [Benchmark]
    public async Task<object> RenewalHere() => await _store.ReplaceAsync(_lease, Record, TimeSpan.FromSeconds(2.5), CancellationToken.None);

    [Benchmark]
    public async Task<object> RenewalByKubernetesClient() =>
        await _client.CoordinationV1.ReplaceNamespacedLeaseAsync(_other, "settlement", "shop");

    [Benchmark(OperationsPerInvoke = Events)]
    public async Task<int> WatchHere()
    {
        int seen = 0;
        await foreach (LeaseEvent _ in _store.WatchAsync("1", CancellationToken.None))
            seen++;
        return seen;
    }

    [Benchmark(OperationsPerInvoke = Events)]
    public async Task<int> WatchByKubernetesClient()
    {
        int seen = 0;
        await foreach ((WatchEventType _, V1Lease _) in _client.CoordinationV1.WatchListNamespacedLeaseAsync("shop"))
            seen++;
        return seen;
    }

    private static string LeaseJson(int renewal) =>
        AsWritten.Replace("VERSION", (1000 + renewal).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    private static HttpResponseMessage Reply(HttpRequestMessage request) => new(HttpStatusCode.OK)
    {
        RequestMessage = request,
        Content = new ByteArrayContent(request.RequestUri!.Query.Contains("watch=true", StringComparison.Ordinal) ? Watch : Answer)
        {
            Headers = { ContentType = new("application/json") },
        },
    };

    private sealed class CannedAnswers : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            ReplyAsync(request);
    }

    /// <summary>For KubernetesClient, which takes only what stands before its own handler; nothing gets there.</summary>
    private sealed class CannedAnswersBetween : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            ReplyAsync(request);
    }

    /// <summary>Reads what is sent, as a socket does.</summary>
    private static async Task<HttpResponseMessage> ReplyAsync(HttpRequestMessage request)
    {
        if (request.Content is { } content)
            await content.CopyToAsync(Stream.Null);
        return Reply(request);
    }
}
