using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using LeaseElection.Hosting.Testing.Api;
using LeaseElection.Testing.ApiServer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Testing.FakeApiServer;

/// <summary>
/// A model of kube-apiserver, leases only, in this process and over real sockets and TLS: for faults that a real one does not produce on
/// demand. What it answers is checked against a real one by the contract suite that both must pass.
/// </summary>
internal sealed class FakeKubeApiServer : IAsyncDisposable
{
    public const string Token = "token-of-the-admin";

    private readonly WebApplication _app;
    private readonly string _pathBase;
    private readonly ConcurrentQueue<RecordedRequest> _requests = new();
    private readonly Signal _received = new();
    private int _receivedCount;
    private readonly CancellationTokenSource _stopping = new();
    private SslStreamCertificateContext _presented;

    private FakeKubeApiServer(IPAddress address, string pathBase)
    {
        _pathBase = pathBase;
        _presented = CertificateFrom(Authority);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(address, 0, listen =>
            // Nothing of a certificate is looked at in a handshake: .NET reads its extensions when they are first asked for, and of two
            // handshakes that did so at once, one was refused for an extension that the other was still reading.
            listen.UseHttps(new TlsHandshakeCallbackOptions
            {
                OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions
                {
                    ServerCertificateContext = _presented,
                    ClientCertificateRequired = true,
#pragma warning disable CA5359 // Of clients, of whom a test says who is known; who shows no certificate is let in, too.
                    RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
                }),
            })));
        _app = builder.Build();
        _app.Run(HandleAsync);
    }

    public CertificateAuthority Authority { get; private set; } = new();

    public Uri Url { get; private set; } = null!;

    public LeaseModel Leases { get; } = new(TimeProvider.System);

    public FaultPlan Faults { get; } = new();

    /// <summary>Is awaited, with the name of the lease, before a request is looked at: a test decides when.</summary>
    public Func<string?, CancellationToken, Task>? Turn { get; set; }

    /// <summary>Who is known, by token or by the common name of a client certificate. Removing one makes his requests 401.</summary>
    public ConcurrentDictionary<string, FakeUser> Users { get; } = new() { [Token] = new FakeUser("admin", "*") };

    public IReadOnlyList<RecordedRequest> Requests => [.. _requests];

    /// <param name="address">127.0.0.1 if not given.</param>
    /// <param name="pathBase">A path before <c>/apis</c>, as gateways have.</param>
    public static async Task<FakeKubeApiServer> StartAsync(IPAddress? address = null, string pathBase = "")
    {
        var server = new FakeKubeApiServer(address ?? IPAddress.Loopback, pathBase);
        await server._app.StartAsync();
        string url = server._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        server.Url = new Uri(url + pathBase);
        return server;
    }

    /// <summary>Waits until it has received so many requests, answered or not.</summary>
    public Task ReceivedAsync(int count) => _received.WaitUntilAsync(
        () => Volatile.Read(ref _receivedCount) >= count, () => $"{count} requests; got {_requests.Count}");

    /// <summary>From the next handshake on the server's certificate is signed by an authority nobody has heard of yet.</summary>
    public void ChangeAuthority()
    {
        Authority.Dispose();
        Authority = new CertificateAuthority();
        _presented = CertificateFrom(Authority);
    }

    /// <summary>From the next handshake on it shows this certificate, and sends others along.</summary>
    public void Present(TestCertificate certificate, params TestCertificate[] sent) => _presented = SslStreamCertificateContext.Create(
        certificate.Certificate, [.. sent.Select(other => other.Public)], offline: true);

    public async ValueTask DisposeAsync()
    {
        // Hanging requests first: a server that stops waits for the ones it has.
        await _stopping.CancelAsync();
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
        Authority.Dispose();
        _stopping.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping.Token);
        try
        {
            if (RouteOf(context.Request) is not { } route)
            {
                if (Discovery.Find(context.Request, _pathBase) is { } found)
                {
                    await AnswerAsync(context, UserOf(context) is null ? ApiRefusal.Unauthorized().ToResult() : found, stop.Token);
                    return;
                }
                context.Response.StatusCode = 404;
                await context.Response.WriteAsync("404 page not found\n", stop.Token);
                return;
            }
            string body = await RecordAsync(context, route, stop.Token);
            Fault? fault = Faults.Take(route.Verb);
            // Not before: a test that goes on then must not send another request into this one's fault.
            Interlocked.Increment(ref _receivedCount);
            _received.Pulse();
            if (fault is { AfterCommit: false } && await ApplyAsync(fault, context, stop.Token))
                return;
            if (Turn is { } turn)
                await turn(route.Name, stop.Token);
            await ServeAsync(context, route, body, fault is { AfterCommit: true } ? fault : null, stop.Token);
        }
        catch (OperationCanceledException)
        {
            // The client has gone, or the server is being stopped.
            context.Abort();
        }
    }

    private async Task ServeAsync(HttpContext context, LeaseRoute route, string body, Fault? fault, CancellationToken cancellationToken)
    {
        ApiResult result;
        try
        {
            Authorize(context, route);
            if (route.Verb == "watch")
            {
                await WatchAsync(context, route, cancellationToken);
                return;
            }
            result = Leases.Answer(route, body);
        }
        catch (ApiRefusal refusal)
        {
            result = refusal.ToResult();
        }
        if (fault is not null && await ApplyAsync(fault, context, cancellationToken))
            return;
        await AnswerAsync(context, result, cancellationToken);
    }

    private static Task AnswerAsync(HttpContext context, ApiResult result, CancellationToken cancellationToken)
    {
        context.Response.StatusCode = result.Code;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(result.Body.ToJsonString(), cancellationToken);
    }

    private async Task WatchAsync(HttpContext context, LeaseRoute route, CancellationToken cancellationToken)
    {
        var watch = new LeaseWatch(route, context.Abort);
        Leases.Open(watch);
        try
        {
            context.Response.ContentType = "application/json";
            // The headers go out at once, as from kube-apiserver.
            await context.Response.Body.FlushAsync(cancellationToken);
            await foreach (string chunk in watch.Chunks.ReadAllAsync(cancellationToken))
            {
                await context.Response.WriteAsync(chunk, cancellationToken);
                await context.Response.Body.FlushAsync(cancellationToken);
            }
        }
        finally
        {
            Leases.Close(watch);
        }
    }

    private LeaseRoute? RouteOf(HttpRequest request) =>
        LeaseRoute.Parse(request.Method, request.Path.Value ?? "", request.QueryString.Value ?? "", _pathBase);

    private void Authorize(HttpContext context, LeaseRoute route)
    {
        FakeUser user = UserOf(context) ?? throw ApiRefusal.Unauthorized();
        if (!user.May(route.Verb))
            throw ApiRefusal.Forbidden(user.Name, route.Verb, route.Namespace, route.Name ?? "");
    }

    private FakeUser? UserOf(HttpContext context) => Users.GetValueOrDefault(
        context.Request.Headers.Authorization.ToString() is ['B', 'e', 'a', 'r', 'e', 'r', ' ', .. var token]
            ? token
            : CertificateOf(context) ?? "");

    private static string? CertificateOf(HttpContext context) =>
        context.Connection.ClientCertificate?.GetNameInfo(X509NameType.SimpleName, forIssuer: false);

    private async Task<string> RecordAsync(HttpContext context, LeaseRoute route, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(context.Request.Body);
        string body = await reader.ReadToEndAsync(cancellationToken);
        _requests.Enqueue(new RecordedRequest(
            route.Verb, HttpMethod.Parse(context.Request.Method), context.Request.Path.Value ?? "", context.Request.Query,
            context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString()),
            body, context.Connection.Id, context.Request.Protocol)
        {
            Certificate = CertificateOf(context),
        });
        return body;
    }

    /// <returns>Whether the request has been dealt with.</returns>
    private static async Task<bool> ApplyAsync(Fault fault, HttpContext context, CancellationToken cancellationToken)
    {
        await Task.Delay(fault.Delay, TimeProvider.System, cancellationToken);
        switch (fault.Kind)
        {
            case FaultKind.Hang:
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
                return true;
            case FaultKind.Reset:
                context.Abort();
                return true;
            case FaultKind.Answer:
                context.Response.StatusCode = fault.Status;
                foreach ((string name, string value) in fault.Headers)
                    context.Response.Headers[name] = value;
                await context.Response.WriteAsync(fault.Body, cancellationToken);
                return true;
            default:
                return false;
        }
    }

    private static SslStreamCertificateContext CertificateFrom(CertificateAuthority authority)
    {
        (string certificate, string key) = authority.IssueForServer();
        return SslStreamCertificateContext.Create(
            X509Certificate2.CreateFromPem(certificate, key), additionalCertificates: null, offline: true);
    }
}
