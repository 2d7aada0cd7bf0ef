using System.Diagnostics;
using System.Net;
using LeaseElection.Hosting.AspNetCore;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace LeaseElection.Hosting.Yarp;

/// <summary>Answers for a standby by asking the leader.</summary>
internal sealed class LeaderForwarding(LeaderForwardingOptions options) : IStandbyAnswer
{
    private readonly Lazy<HttpMessageInvoker> _client = new(() => new HttpMessageInvoker(HandlerOf(options)));
    private readonly ForwarderRequestConfig _limits = new() { ActivityTimeout = options.ActivityTimeout };
    private readonly HttpTransformer _transformer = new LeaderTransformer(options.Transformer);
    private IHttpForwarder? _forwarder;

    public async Task AnswerAsync(HttpContext context, ILeaderElection election)
    {
        LeaderElectionStatus status = election.Status;
        if (context.Request.Headers.TryGetValue(LoopGuard.Header, out var sender))
            await Refusal.WriteAsync(context, election, $"It was forwarded here by {LoopGuard.NameIn(sender)}, which took this process for the leader.").ConfigureAwait(false);
        else if (status.HolderIdentity is not { } holder || holder == election.Identity)
            await Refusal.WriteAsync(context, election, "Nobody leads at present.").ConfigureAwait(false);
        else if (status.LeaderEndpoint is not { } leader)
            await Refusal.WriteAsync(context, election, $"{holder} leads, and has not said where it can be reached: it calls no PublishEndpoint().").ConfigureAwait(false);
        else
            await ForwardAsync(context, election, holder, leader).ConfigureAwait(false);
    }

    private async Task ForwardAsync(HttpContext context, ILeaderElection election, string holder, Uri leader)
    {
        context.Request.Headers[LoopGuard.Header] = LoopGuard.Of(election.Identity);
        ForwarderError error = await ForwarderOf(context.RequestServices)
            .SendAsync(context, leader.GetLeftPart(UriPartial.Authority), _client.Value, _limits, _transformer).ConfigureAwait(false);
        if (error == ForwarderError.None)
            return;
        Exception? cause = context.Features.Get<IForwarderErrorFeature>()?.Exception;
        if (!context.RequestAborted.IsCancellationRequested)
            LoggerOf(context).ForwardingFailed(context.Request.Path, holder, leader, error, cause);
        if (context.Response.HasStarted)
            return; // It was cut off, and the client sees that: the server breaks the connection.
        context.Response.Clear();
        await Refusal.WriteAsync(context, election, Refusal.Of(error, cause, holder)).ConfigureAwait(false);
    }

    /// <summary>That of the app if it has one; else of our own, for which nobody has to call anything.</summary>
    private IHttpForwarder ForwarderOf(IServiceProvider services) =>
        _forwarder ??= services.GetService<IHttpForwarder>() ?? new ServiceCollection()
            .AddSingleton(services.GetRequiredService<ILoggerFactory>())
            .AddLogging()
            .AddHttpForwarder()
            .BuildServiceProvider()
            .GetRequiredService<IHttpForwarder>();

    private static ILogger LoggerOf(HttpContext context) => context.RequestServices.GetRequiredService<ILogger<LeaderForwarding>>();

    private static SocketsHttpHandler HandlerOf(LeaderForwardingOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            EnableMultipleHttp2Connections = true,
            ActivityHeadersPropagator = DistributedContextPropagator.Current,
            ConnectTimeout = options.ConnectTimeout,
        };
        options.ConfigureHandler?.Invoke(handler);
        return handler;
    }
}
