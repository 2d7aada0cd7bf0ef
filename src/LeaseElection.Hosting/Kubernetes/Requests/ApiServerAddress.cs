using System.Globalization;

namespace LeaseElection.Hosting.Kubernetes.Requests;

/// <summary>Where an API server is, and how it is called in messages.</summary>
internal sealed class ApiServerAddress(Uri server)
{
    private const int StepMilliseconds = 10;

    // The server's own path stays in front: gateways put many clusters behind one host. As it was written, because no other form of it
    // has the zone of a link-local address.
    private readonly string _root = server.OriginalString.Trim().TrimEnd('/');

    /// <summary>The URL of a resource.</summary>
    /// <param name="path">From <c>/api</c> or <c>/apis</c> on, escaped, without a query.</param>
    /// <param name="timeout">
    /// After which the server shall give up too, so that an abandoned write cannot be carried out late; in <see cref="Steps"/>.
    /// </param>
    /// <param name="query">The rest of the query, with an ampersand in front of each part.</param>
    public Uri For(string path, TimeSpan timeout, string query = "") => new(string.Create(
        CultureInfo.InvariantCulture, $"{_root}{path}?timeout={Steps(timeout) * StepMilliseconds}ms{query}"));

    /// <summary>
    /// A time in whole steps, not less than it is. The way to the server takes as long as a step; and what has the same time as the request
    /// before, but for what its beginning took, has the same address.
    /// </summary>
    public static long Steps(TimeSpan timeout) => Math.Max(1, (long)Math.Ceiling(timeout.TotalMilliseconds / StepMilliseconds));

    /// <summary>With the port in every case: it is what a firewall's owner asks for.</summary>
    public override string ToString() => $"https://{server.Host}:{server.Port}{server.AbsolutePath.TrimEnd('/')}";

    /// <summary>The URL of a watch, which has no timeout.</summary>
    /// <param name="collection">From <c>/api</c> or <c>/apis</c> on, escaped.</param>
    /// <param name="resourceVersion">
    /// What changed after this version; <see langword="null"/>: what there is now, and what changes.
    /// </param>
    /// <param name="seconds">After which the server shall end it.</param>
    /// <param name="selector">Which objects, with an ampersand in front; all if it is empty.</param>
    public Uri ForWatch(string collection, string? resourceVersion, int seconds, string selector = "")
    {
        string since = resourceVersion is null ? "" : $"&resourceVersion={Uri.EscapeDataString(resourceVersion)}";
        return new(string.Create(
            CultureInfo.InvariantCulture,
            $"{_root}{collection}?watch=true{selector}{since}&allowWatchBookmarks=true&timeoutSeconds={seconds}"));
    }

    /// <summary>Selects the object of a name.</summary>
    public static string Named(string name) => $"&fieldSelector=metadata.name%3D{Uri.EscapeDataString(name)}";
}
