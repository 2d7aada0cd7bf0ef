using LeaseElection.Hosting.Kubernetes.Connecting;

namespace LeaseElection.Hosting.Kubernetes.Requests;

/// <summary>An open watch. Disposing cuts its connection, which is used for nothing else.</summary>
internal sealed class ApiServerStream(ApiServerChannel channel, HttpResponseMessage response, Stream body) : IAsyncDisposable
{
    public Stream Body => body;

    public async ValueTask DisposeAsync()
    {
        await body.DisposeAsync().ConfigureAwait(false);
        response.Dispose();
        channel.Dispose();
    }
}
