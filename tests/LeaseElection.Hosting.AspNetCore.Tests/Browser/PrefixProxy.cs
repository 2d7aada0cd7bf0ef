using LeaseElection.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.AspNetCore.Tests.Browser;

/// <summary>
/// A reverse proxy that takes a prefix off, of which the app behind it knows nothing. Like those of real life it answers 502 itself
/// where nobody listens; and it can hold everything back, as a network does that drops packets.
/// </summary>
internal sealed class PrefixProxy : IAsyncDisposable
{
    public const string Prefix = "/some/prefix";

    private readonly HttpClient _client = new();
    private readonly WebApplication _app;
    private readonly string _upstream;
    private volatile TaskCompletionSource _open = Opened();
    private int _refusals;

    private PrefixProxy(string upstream)
    {
        _upstream = upstream;
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Map(Prefix + "/{**rest}", ForwardAsync);
    }

    public Uri Address => new(_app.Urls.First() + Prefix);

    public Signal Changed { get; } = new();

    /// <summary>How often it answered 502.</summary>
    public int Refusals => _refusals;

    public static async Task<PrefixProxy> StartAsync(WebReplica upstream)
    {
        var proxy = new PrefixProxy(upstream.App.Urls.First());
        await proxy._app.StartAsync().WaitAsync(Signal.Patience);
        return proxy;
    }

    /// <summary>From now on nothing passes, and nothing breaks.</summary>
    public void Hold() => _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release() => _open.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        Release();
        _client.Dispose();
        await _app.DisposeAsync().AsTask().WaitAsync(Signal.Patience);
    }

    private async Task ForwardAsync(HttpContext context)
    {
        try
        {
            await _open.Task.WaitAsync(context.RequestAborted);
            var address = new Uri(_upstream + context.Request.GetEncodedPathAndQuery()[Prefix.Length..]);
            using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), address);
            foreach (string header in new[] { "Accept", "Origin", "Sec-Fetch-Site" })
                request.Headers.TryAddWithoutValidation(header, (string?)context.Request.Headers[header]);
            using HttpResponseMessage answer = await _client.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
            context.Response.StatusCode = (int)answer.StatusCode;
            foreach ((string name, IEnumerable<string> values) in answer.Headers.Concat(answer.Content.Headers))
            {
                if (name != "Transfer-Encoding")
                    context.Response.Headers[name] = values.ToArray();
            }

            await CopyAsync(await answer.Content.ReadAsStreamAsync(context.RequestAborted), context);
        }
        catch (HttpRequestException) when (!context.Response.HasStarted)
        {
            context.Response.StatusCode = StatusCodes.Status502BadGateway;
            Interlocked.Increment(ref _refusals);
            Changed.Pulse();
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            context.Abort(); // One of the two went away.
        }
    }

    private async Task CopyAsync(Stream body, HttpContext context)
    {
        byte[] buffer = new byte[1 << 16];
        while (await body.ReadAsync(buffer, context.RequestAborted) is > 0 and int read)
        {
            await _open.Task.WaitAsync(context.RequestAborted);
            await context.Response.Body.WriteAsync(buffer.AsMemory(0, read), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }

    private static TaskCompletionSource Opened()
    {
        var opened = new TaskCompletionSource();
        opened.SetResult();
        return opened;
    }
}
