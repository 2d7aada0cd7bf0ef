using System.Net;

namespace LeaseElection.Hosting.Kubernetes.Connecting;

/// <summary>
/// One proxy, asked for everything: whether it is to be asked was decided when the connection was described. Its user and password are
/// those of its URL, and given to it in clear text (Basic) or to a SOCKS proxy, as Go does, and not by way of Kerberos or NTLM.
/// </summary>
internal sealed class ServerProxy : IWebProxy, ICredentials
{
    private const int SocksPort = 1080;

    private readonly Uri _url;
    private readonly NetworkCredential? _user;

    public ServerProxy(Uri url)
    {
        // Without the user, because .NET's errors show it. By a scheme and a port that .NET knows: a SOCKS proxy resolves names in either
        // case.
        _url = new UriBuilder(IsSocks(url) ? "socks5" : url.Scheme, url.IdnHost, url.Port < 0 ? SocksPort : url.Port).Uri;
        _user = url.UserInfo.Split(':', 2) is [{ Length: > 0 } user, .. var rest]
            ? new NetworkCredential(Uri.UnescapeDataString(user), rest is [var password] ? Uri.UnescapeDataString(password) : "")
            : null;
    }

    ICredentials? IWebProxy.Credentials
    {
        get => _user is null ? null : this;
        set => throw new NotSupportedException();
    }

    public static bool IsSupported(Uri url) => url.Host.Length > 0 && (url.Scheme is "http" or "https" || IsSocks(url));

    public Uri GetProxy(Uri destination) => _url;

    public bool IsBypassed(Uri host) => false;

    public NetworkCredential? GetCredential(Uri uri, string authType) =>
        authType.Equals("Basic", StringComparison.OrdinalIgnoreCase) || uri.Scheme == "socks5" ? _user : null;

    private static bool IsSocks(Uri url) => url.Scheme is "socks5" or "socks5h";
}
