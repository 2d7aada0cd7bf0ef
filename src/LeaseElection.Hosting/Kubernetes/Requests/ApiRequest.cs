namespace LeaseElection.Hosting.Kubernetes.Requests;

/// <summary>A request as often as it must be sent: once, and once more after a 401.</summary>
/// <param name="Method">GET, POST, PUT, PATCH or DELETE.</param>
/// <param name="Address">The URL for what is left of the time: the server shall give up when we do.</param>
/// <param name="Body">JSON, or nothing. Stays as it is until the request has been answered, and for ever if it never is.</param>
/// <param name="MediaType">What JSON: a PATCH has several meanings.</param>
internal readonly record struct ApiRequest(
    HttpMethod Method, Func<TimeSpan, Uri> Address, ReadOnlyMemory<byte>? Body = null, string MediaType = "application/json")
{
    /// <summary>The longest answer that is read, in bytes.</summary>
    public int MaxAnswer { get; init; } = BoundedBody.MaxLength;
}
