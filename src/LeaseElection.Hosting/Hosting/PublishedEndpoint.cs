using System.Net;
using LeaseElection.Hosting.Election.Notes;

namespace LeaseElection.Hosting;

/// <summary>Where a replica says that it can be reached while it leads. A keyed service, the key being the election's name.</summary>
/// <param name="Find">Asks the app when everything has started; nothing when there is no address to tell.</param>
internal sealed record PublishedEndpoint(Func<IServiceProvider, Uri?> Find)
{
    /// <summary>The note that says it, of the life of a term.</summary>
    public const string Note = "leader-endpoint";

    private const string Form =
        "Give an absolute address by http or https at which the other replicas reach this one, for example http://10.0.0.7:8080.";

    /// <summary>What a note says, if it is an address that can be asked.</summary>
    public static Uri? Parse(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? endpoint) && WhyNot(endpoint) is null ? endpoint : null;

    /// <summary>Why others cannot ask there, and what to do; <see langword="null"/>: they can.</summary>
    public static string? WhyNot(Uri endpoint)
    {
        if (!endpoint.IsAbsoluteUri)
            return $"The endpoint \"{endpoint.OriginalString}\" is relative. {Form}";
        string shown = endpoint.GetComponents(UriComponents.AbsoluteUri & ~UriComponents.UserInfo, UriFormat.UriEscaped);
        if (endpoint.Scheme != Uri.UriSchemeHttp && endpoint.Scheme != Uri.UriSchemeHttps)
            return $"The endpoint \"{shown}\" is by {endpoint.Scheme}. {Form}";
        if (endpoint.UserInfo.Length > 0)
        {
            return $"The endpoint \"{shown}\" has a user name or password in it, which everybody reads who may read the lease. "
                + "Leave it out.";
        }

        if (endpoint.Query.Length > 0 || endpoint.Fragment.Length > 0)
            return $"The endpoint \"{shown}\" has a query or a fragment. Leave it out: each request has its own.";
        if (StandsForAll(endpoint))
            return $"The endpoint \"{shown}\" stands for all addresses of a machine, and nobody else can connect to that. {Form}";
        if (endpoint.Port == 0)
            return $"The endpoint \"{shown}\" has port 0, which stands for one that is not known yet. {Form}";
        return endpoint.AbsoluteUri.Length > NoteRules.LongestValue
            ? $"The endpoint has {endpoint.AbsoluteUri.Length} characters; {NoteRules.LongestValue} fit on a lease. {Form}"
            : null;
    }

    private static bool StandsForAll(Uri endpoint) =>
        IPAddress.TryParse(endpoint.Host, out IPAddress? address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));
}
