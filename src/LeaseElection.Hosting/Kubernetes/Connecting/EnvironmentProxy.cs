using System.Net;
using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Kubernetes.Connecting;

/// <summary>
/// The proxy that the variables of the process name for an API server, by the rules of Go: <c>HTTPS_PROXY</c> or <c>https_proxy</c>, unless
/// <c>NO_PROXY</c> or <c>no_proxy</c> exempts the server, and never for this machine itself. Others (ALL_PROXY, HTTP_PROXY, the settings of
/// the operating system) are not for https, or not read by kubectl, and so not by us.
/// </summary>
internal static class EnvironmentProxy
{
    /// <returns><see langword="null"/> if the server is to be reached directly.</returns>
    /// <exception cref="LeaseStoreConfigurationException">The variable is set, applies and is no proxy.</exception>
    public static Uri? For(Uri server, ProcessEnvironment environment)
    {
        if (First(environment, "HTTPS_PROXY", "https_proxy") is not var (name, value))
            return null;
        string host = server.IdnHost;
        if (host == "localhost" || (IPAddress.TryParse(host, out IPAddress? address) && IPAddress.IsLoopback(address)))
            return null;
        if (First(environment, "NO_PROXY", "no_proxy") is var (_, exempted) && NoProxyList.Exempts(exempted, host, server.Port))
            return null;
        return Parse(value) ?? throw new LeaseStoreConfigurationException(
            $"The variable {name} is '{ServerUrl.Shown(value)}', but must be host:port or a URL that begins with http://, https:// or "
            + $"socks5://, such as http://proxy.example.com:3128. Correct it, or add {host} to NO_PROXY if the API server is reached "
            + "without a proxy.");
    }

    /// <summary>Without a scheme it is <c>host:port</c> of an http proxy, as most people write it.</summary>
    private static Uri? Parse(string value)
    {
        string url = value.Contains("://", StringComparison.Ordinal) ? value : $"http://{value}";
        return !value.Any(c => char.IsWhiteSpace(c) || char.IsControl(c))
            && Uri.TryCreate(url, UriKind.Absolute, out Uri? proxy)
            && ServerProxy.IsSupported(proxy)
                ? proxy
                : null;
    }

    private static (string Name, string Value)? First(ProcessEnvironment environment, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (environment.Variable(name) is { } value)
                return (name, value);
        }
        return null;
    }
}
