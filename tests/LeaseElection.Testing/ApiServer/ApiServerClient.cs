using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace LeaseElection.Testing.ApiServer;

/// <summary>
/// Plain REST against the API server, as one user. Small on purpose: tests look at the server through it
/// independently of the client under test.
/// </summary>
public sealed class ApiServerClient : IDisposable
{
    private readonly HttpClient _http;

    internal ApiServerClient(Uri url, string authorityPem, string? token = null, X509Certificate2? certificate = null)
    {
        var handler = CreateHandler(authorityPem);
        if (certificate is not null)
        {
            handler.SslOptions.ClientCertificates = [certificate];
        }

        _http = new HttpClient(handler) { BaseAddress = url, Timeout = Signal.Patience };
        _http.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>A handler that trusts this authority alone.</summary>
    internal static SocketsHttpHandler CreateHandler(string authorityPem) => new()
    {
        UseProxy = false,
        SslOptions =
        {
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { X509Certificate2.CreateFromPem(authorityPem) },
                RevocationMode = X509RevocationMode.NoCheck,
            },
        },
    };

    /// <summary>Sends a request and returns the JSON of the answer.</summary>
    /// <exception cref="HttpRequestException">The answer was no 2xx: carries its status and body.</exception>
    public async Task<JsonObject> SendAsync(
        HttpMethod method, string path, JsonObject? body = null, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        var text = await SendAsync(request, cancellationToken);
        return JsonNode.Parse(text)!.AsObject();
    }

    /// <summary>Gets what is no JSON: <c>/metrics</c>, <c>/readyz</c>.</summary>
    /// <exception cref="HttpRequestException">The answer was no 2xx: carries its status and body.</exception>
    public async Task<string> GetTextAsync(string path, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        return await SendAsync(request, cancellationToken);
    }

    /// <summary>Watches; ends when the server ends it, which it does every few minutes.</summary>
    /// <exception cref="HttpRequestException">The answer was no 2xx.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    internal async IAsyncEnumerable<JsonObject> WatchAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await _http.GetAsync(
            new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.EnsureSuccessStatusCode();
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        while (await lines.ReadLineAsync(cancellationToken) is { } line)
            yield return JsonNode.Parse(line)!.AsObject();
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<string> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var response = await _http.SendAsync(request, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        return response.IsSuccessStatusCode
            ? text
            : throw new HttpRequestException(
                $"{request.Method} {request.RequestUri}: {(int)response.StatusCode} {text}", inner: null, response.StatusCode);
    }
}
