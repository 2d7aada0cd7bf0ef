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
    /// How requests are sent. <see cref="ForwarderRequestConfig.ActivityTimeout"/> is how long nothing at all may come from the leader, or
    /// from the client, while a request is under way: the time to a slow answer, and between two pieces of a stream. It cuts off
    /// server-sent events and WebSockets that are silent for longer.
    /// </summary>
    /// <value>Default: YARP's, an activity timeout of 100 seconds, and HTTP/1.1 for endpoints by <c>http</c>.</value>
    public ForwarderRequestConfig Request { get; set; } = ForwarderRequestConfig.Empty;

    /// <summary>
    /// Changes how the leader is connected to: a client certificate, or which server certificate is trusted. By <c>https</c> that must be
    /// for the name in the request's <c>Host</c>, as that of the app is. Called once, before the first request is forwarded.
    /// </summary>
    public Action<SocketsHttpHandler>? ConfigureHandler { get; set; }

    /// <summary>
    /// Changes requests and answers on their way. What the library adds is there already: the headers <c>X-Forwarded-For</c>,
    /// <c>X-Forwarded-Host</c> and <c>X-Forwarded-Proto</c>, and <c>Leader-Forwarded-By</c>, the guard against loops, which must stay.
    /// </summary>
    /// <value>Default <see cref="HttpTransformer.Empty"/>, which leaves all else as it is, <c>Host</c> too.</value>
    public HttpTransformer Transformer { get; set; } = HttpTransformer.Empty;

    /// <summary>What is wrong with them, and what to do.</summary>
    internal string? Mistake =>
        ConnectTimeout <= TimeSpan.Zero
            ? $"ForwardToLeader: ConnectTimeout is {ConnectTimeout}, and must be more than 0: the default is 2 seconds."
        : Request is null ? "ForwardToLeader: Request is null. Leave it out for YARP's defaults."
        : Request.ActivityTimeout is { } silence && silence <= TimeSpan.Zero
            ? $"ForwardToLeader: Request.ActivityTimeout is {silence}, and must be more than 0: the default is 100 seconds."
        : Transformer is null ? "ForwardToLeader: Transformer is null. Leave it out for requests that are sent as they are." : null;
}
