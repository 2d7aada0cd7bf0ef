using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Testing.Proxy;

/// <summary>The connections from a proxy to the API server.</summary>
internal sealed class ProxyUpstream(Uri url, string authorityPem) : IDisposable
{
    private readonly HttpMessageInvoker _http = new(ApiServerClient.CreateHandler(authorityPem));

    public async Task<ProxyAnswer> SendAsync(HttpRequestHead request, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await OpenAsync(request, cancellationToken);
        byte[] body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return new ProxyAnswer((int)response.StatusCode, response.ReasonPhrase ?? "", ProxyAnswer.HeadersOf(response), body);
    }

    public async Task<HttpResponseMessage> OpenAsync(HttpRequestHead request, CancellationToken cancellationToken)
    {
        using HttpRequestMessage message = request.ToMessage(url);
        return await _http.SendAsync(message, cancellationToken);
    }

    public void Dispose() => _http.Dispose();
}
