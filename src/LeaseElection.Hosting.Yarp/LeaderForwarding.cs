using System.Diagnostics;
using System.Net;
using LeaseElection.Hosting.AspNetCore;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace LeaseElection.Hosting.Yarp;

/// <summary>Answers for a standby by asking the leader.</summary>
internal sealed class LeaderForwarding(LeaderForwardingOptions options)
{
    /// <summary>
    /// Of our own, so that nobody has to register one, and without a log: it would write a line for each request, and what fails is
    /// told by <see cref="ForwardingLog"/>.
    /// </summary>
    private static readonly Lazy<IHttpForwarder> Forwarder = new(() =>
        new ServiceCollection().AddLogging().AddHttpForwarder().BuildServiceProvider().GetRequiredService<IHttpForwarder>());

    private readonly Lock _lock = new();
    private HttpMessageInvoker? _client;

    /// <summary>Whether the last request failed, which was told then.</summary>
    private volatile bool _fails;

    public Task AnswerAsync(HttpContext context, ILeaderElection election)
    {
        LeaderElectionStatus status = election.Status;
        if (ForwardedRequest.SenderOf(context.Request) is { } sender)
        {
            return StandbyProblem.WriteAsync(context, election, sender == election.Identity
                ? $"It came back to {sender}, which forwarded it: the endpoint that {status.HolderIdentity} has published leads here."
                : $"It was forwarded here by {ForwardedRequest.Shown(sender)}, which took this process for the leader.");
        }

        if (status.HolderIdentity is not { } holder || holder == election.Identity)
            return StandbyProblem.WriteAsync(context, election, "Nobody leads at present.");
        return status.LeaderEndpoint is { } leader
            ? ForwardAsync(context, election, holder, leader)
            : StandbyProblem.WriteAsync(
                context,
                election,
                $"{holder} leads, and has not said where it can be reached: it calls no PublishEndpoint(), or its log says why (872).");
    }

    private async Task ForwardAsync(HttpContext context, ILeaderElection election, string holder, Uri leader)
    {
        ForwardedRequest.Mark(context, election.Identity);
        string prefix = leader.AbsoluteUri.TrimEnd('/') + context.Request.PathBase.ToUriComponent();
        ForwarderError error = await Forwarder.Value
            .SendAsync(context, prefix, Client(), options.Request, options.Transformer).ConfigureAwait(false);
        if (error == ForwarderError.None)
        {
            _fails = false;
            return;
        }

        if (!context.Response.HasStarted) // The client is gone, or the app has a limit of its own (UseRequestTimeouts), which answers.
            context.RequestAborted.ThrowIfCancellationRequested();
        if (ForwardingFailure.IsOfClient(error, context))
            return; // It gets what YARP has made of it: its mistake.
        Exception? cause = context.GetForwarderErrorFeature()?.Exception;
        Tell(context, election, leader, error, cause);
        if (!context.Response.HasStarted) // Else the server breaks the connection: half an answer must not look whole.
            await StandbyProblem.WriteAsync(context, election, ForwardingFailure.Describe(error, cause, holder)).ConfigureAwait(false);
    }

    /// <summary>
    /// Not by a Lazy: it would throw for ever what ConfigureHandler threw once, over a certificate that was not mounted yet.
    /// </summary>
    private HttpMessageInvoker Client()
    {
        lock (_lock)
            return _client ??= new HttpMessageInvoker(new SentOnceHandler(HandlerOf(options)));
    }

    private void Tell(HttpContext context, ILeaderElection election, Uri leader, ForwarderError error, Exception? cause)
    {
        ILogger logger = context.RequestServices.GetRequiredService<ILogger<LeaderForwarding>>();
        if (_fails)
            logger.ForwardingFailedAgain(election.LeaseNamespace, election.LeaseName, context.Request.Path, leader, error, cause);
        else
            logger.ForwardingFailed(election.LeaseNamespace, election.LeaseName, context.Request.Path, leader, error, cause);
        _fails = true;
    }

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
