using System.Globalization;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;

namespace LeaseElection.Testing.FakeApiServer;

/// <summary>One open watch: what is to be sent over it, in order. A test may send, end and cut it as well.</summary>
internal sealed class FakeWatch(HttpContext context, string leaseNamespace)
{
    private readonly Channel<string> _chunks = Channel.CreateUnbounded<string>();
    private readonly string? _name = context.Request.Query["fieldSelector"].ToString() is { Length: > 0 } selector
        ? selector["metadata.name=".Length..]
        : null;

    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done when the watch has ended, whoever ended it.</summary>
    public Task Closed => _closed.Task;

    /// <summary><see langword="null"/>: from what is there now.</summary>
    public long? Since { get; } = context.Request.Query["resourceVersion"].ToString() is { Length: > 0 } version and not "0"
        ? long.Parse(version, CultureInfo.InvariantCulture)
        : null;

    public void Tell(LeaseChange change)
    {
        if (change.Namespace == leaseNamespace && (_name is null || change.Name == _name))
            Write(change.ToLine());
    }

    public void Bookmark(long version)
    {
        if (context.Request.Query["allowWatchBookmarks"] == "true")
        {
            Write($$$"""
                {"type":"BOOKMARK","object":{"kind":"Lease","apiVersion":"coordination.k8s.io/v1","metadata":{"resourceVersion":"{{{version}}}"},"spec":{} } }
                """ + "\n");
        }
    }

    /// <summary>Sends the text as it is, whatever it is, as one chunk.</summary>
    public void Write(string chunk) => _chunks.Writer.TryWrite(chunk);

    /// <summary>Ends the stream in good order, after all that was written.</summary>
    public void End() => _chunks.Writer.TryComplete();

    /// <summary>Cuts the connection.</summary>
    public void Abort() => context.Abort();

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        context.Response.ContentType = "application/json";
        try
        {
            // The headers go out at once, as from kube-apiserver.
            await context.Response.Body.FlushAsync(cancellationToken);
            await foreach (string chunk in _chunks.Reader.ReadAllAsync(cancellationToken))
            {
                await context.Response.WriteAsync(chunk, cancellationToken);
                await context.Response.Body.FlushAsync(cancellationToken);
            }
        }
        finally
        {
            _closed.TrySetResult();
        }
    }
}
