using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace LeaseElection.Hosting.Yarp;

/// <summary>How a standby hands requests to the leader.</summary>
public sealed class LeaderForwardingOptions
{
    /// <summary>
    /// How long connecting to the leader may take. A leader whose node is gone does not refuse connections, it says nothing: the
    /// request is answered with 503 after this time.
    /// </summary>
    /// <value>Default 2 seconds; more than 0.</value>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long nothing at all may come from the leader, or from the client, while a request is under way: the time to a slow answer, and
    /// the time between two pieces of a stream.
    /// </summary>
    /// <value>Default 100 seconds; more than 0.</value>
    public TimeSpan ActivityTimeout { get; set; } = TimeSpan.FromSeconds(100);

    /// <summary>
    /// Changes how the leader is connected to: a client certificate, or which server certificate is trusted where the endpoint is
    /// <c>https</c> with the IP address of a Pod.
    /// </summary>
    public Action<SocketsHttpHandler>? ConfigureHandler { get; set; }

    /// <summary>
    /// Changes requests and answers on their way. What the library sets itself comes first: the headers <c>Host</c>,
    /// <c>X-Forwarded-For</c>, <c>X-Forwarded-Host</c> and <c>X-Forwarded-Proto</c> and the guard against loops.
    /// </summary>
    /// <value>Default <see cref="HttpTransformer.Default"/>.</value>
    public HttpTransformer Transformer { get; set; } = HttpTransformer.Default;
}
