namespace LeaseElection.Hosting;

/// <summary>Where a replica says that it can be reached while it leads. A keyed service, the key being the election's name.</summary>
/// <param name="Find">Asks the app when everything has started; nothing when there is no address to tell.</param>
internal sealed record PublishedEndpoint(Func<IServiceProvider, Uri?> Find)
{
    /// <summary>The note that says it, of the life of a term.</summary>
    public const string Note = "leader-endpoint";

    /// <summary>What a note says, if it is an address that can be asked.</summary>
    public static Uri? Parse(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? endpoint) && CanBeAsked(endpoint) ? endpoint : null;

    /// <summary>By HTTP, and without a name and password in it, which everybody could read who may read the lease.</summary>
    public static bool CanBeAsked(Uri endpoint) =>
        endpoint.IsAbsoluteUri && (endpoint.Scheme == Uri.UriSchemeHttp || endpoint.Scheme == Uri.UriSchemeHttps) && endpoint.UserInfo.Length == 0;
}
