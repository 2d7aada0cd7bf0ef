namespace LeaseElection.Hosting.Yarp;

/// <summary>
/// Sends no act a second time. Where a server hangs up before it has answered, SocketsHttpHandler sends a request without a body up to
/// three times more, whatever its method is: a leader that was killed while it settled would settle again when it is back, or nobody be
/// there any more and the client be told that nothing was sent. A request with a body is sent once, also if that is empty.
/// </summary>
internal sealed class SentOnceHandler(HttpMessageHandler handler) : DelegatingHandler(handler)
{
    private static readonly HttpMethod[] Harmless =
        [HttpMethod.Get, HttpMethod.Head, HttpMethod.Options, HttpMethod.Trace, HttpMethod.Connect];

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Content is null && !Harmless.Contains(request.Method))
            request.Content = new ByteArrayContent([]);
        return base.SendAsync(request, cancellationToken);
    }
}
