using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Benchmarks;

/// <summary>
/// What many hand-overs cost the API server, etcd and this machine whoever asks for them: a client that does nothing else gives each lease
/// up and takes it, as fast as it is answered. No election can be faster that lets the next one begin by a release.
/// </summary>
internal sealed class BareWrites : IDisposable
{
    private const int AtOnce = 100; // So many that the server never waits for the client.

    private readonly HttpClient _client;
    private readonly Uri _leases;
    private readonly string[] _versions;

    public BareWrites(RealApiServer server, ApiServerUser user, string leaseNamespace, int count)
    {
        _client = new HttpClient(ApiServerClient.CreateHandler(server.CertificateAuthorityPem))
        {
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", user.Token);
        _leases = new Uri(server.Url, $"apis/coordination.k8s.io/v1/namespaces/{leaseNamespace}/leases");
        _versions = new string[count];
    }

    /// <summary>Makes the leases, and hands each over once: what is done for the first time takes longer.</summary>
    public async Task BeginAsync()
    {
        await ForEachAsync(lease => WriteAsync(lease, "a"));
        await ForEachAsync(HandOverAsync);
    }

    /// <summary>How long it takes until half of the leases have changed hands, and until all have.</summary>
    public async Task<(TimeSpan Half, TimeSpan All)> HandOverAllAsync()
    {
        long begun = TimeProvider.System.GetTimestamp();
        int done = 0;
        TimeSpan half = default;
        await ForEachAsync(async lease =>
        {
            await HandOverAsync(lease);
            if (Interlocked.Increment(ref done) == (_versions.Length + 1) / 2)
                half = TimeProvider.System.GetElapsedTime(begun);
        });
        return (half, TimeProvider.System.GetElapsedTime(begun));
    }

    public void Dispose() => _client.Dispose();

    private Task ForEachAsync(Func<int, Task> act) => Parallel.ForEachAsync(
        Enumerable.Range(0, _versions.Length),
        new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
        async (lease, _) => await act(lease));

    private async Task HandOverAsync(int lease)
    {
        await WriteAsync(lease, "");
        await WriteAsync(lease, "b");
    }

    private async Task WriteAsync(int lease, string holder)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"e-{lease}");
        string version = _versions[lease] is { } known ? $"\"resourceVersion\":\"{known}\"," : "";
        string now = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        string body = $$"""
            {"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{{{version}}"name":"{{name}}"},"spec":{"holderIdentity":"{{holder}}",
            "leaseDurationSeconds":15,"leaseTransitions":1,"acquireTime":"{{now}}","renewTime":"{{now}}" } }
            """;
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var request = new HttpRequestMessage(
            version.Length == 0 ? HttpMethod.Post : HttpMethod.Put, version.Length == 0 ? _leases : new Uri($"{_leases}/{name}"))
        { Content = content };
        using HttpResponseMessage answer = await _client.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        using JsonDocument written = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync());
        _versions[lease] = written.RootElement.GetProperty("metadata").GetProperty("resourceVersion").GetString()!;
    }
}
