namespace LeaseElection.Testing.Proxy;

/// <summary>What the API server answered, whole.</summary>
internal sealed record ProxyAnswer(int Status, string Reason, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[] Body)
{
    /// <summary>All but those that tell how the body comes, which may differ on our side.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> HeadersOf(HttpResponseMessage response) =>
    [
        .. from header in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated)
           where header.Key is not ("Transfer-Encoding" or "Connection" or "Content-Length")
           from value in header.Value
           select KeyValuePair.Create(header.Key, value),
    ];
}
