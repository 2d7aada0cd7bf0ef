using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Kubernetes.Connecting;

/// <summary>The address of an API server: https and nothing else, because a token would travel in clear text.</summary>
internal static class ServerUrl
{
    public static Uri Parse(string source, string value)
    {
        if (!Uri.TryCreate(value, UriKind.Absolute, out Uri? url)
            || url.Query.Length > 0 || url.Fragment.Length > 0 || url.UserInfo.Length > 0)
        {
            throw Wrong(source, value, "it must be an absolute https URL, such as https://10.0.0.1:6443 or https://[fd00::1]:6443");
        }
        if (url.Scheme == Uri.UriSchemeHttp)
        {
            throw Wrong(
                source, value, "http is refused, because the token would be sent in clear text. Use the https address of the API server");
        }
        return url.Scheme == Uri.UriSchemeHttps ? url : throw Wrong(source, value, "it must begin with https://");
    }

    private static LeaseStoreConfigurationException Wrong(string source, string value, string rule) =>
        new($"{source} is '{Shown(value)}': {rule}.");

    /// <summary>A user's name and password are left out, which a person may have written before the host.</summary>
    public static string Shown(string value) => value.LastIndexOf('@') is >= 0 and var at ? $"***{value[at..]}" : value;
}
