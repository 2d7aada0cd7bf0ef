using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using LeaseElection.Hosting.Kubernetes.Connecting;
using LeaseElection.Hosting.Kubernetes.Credentials;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Kubernetes.Requests;

/// <summary>Explains a request that got no answer.</summary>
internal static class TransportErrors
{
    public static LeaseStoreError Timeout(string server, TimeSpan timeout, Exception exception) => new(
        LeaseStoreErrorKind.Timeout,
        string.Create(
            CultureInfo.InvariantCulture,
            $"{server} did not answer within {timeout.TotalSeconds:0.#} s. Check that it is up and that no firewall drops the connection."))
    {
        Exception = exception,
    };

    /// <param name="wait">Whom it waited for, in words for an operator.</param>
    /// <param name="exception">That its time was over.</param>
    public static LeaseStoreError NoCredentials(string wait, Exception exception) =>
        new(LeaseStoreErrorKind.Timeout, wait) { Exception = exception };

    /// <summary>It was never sent.</summary>
    public static LeaseStoreError NoTurn(string server, TimeSpan timeout, Exception exception) => new(
        LeaseStoreErrorKind.Timeout,
        string.Create(
            CultureInfo.InvariantCulture,
            $"The request waited {timeout.TotalSeconds:0.#} s for its turn behind others of this process, which {server} answers ")
        + "too slowly or not at all. Check that it is up and not overloaded.")
    {
        Exception = exception,
    };

    /// <summary>
    /// Whether it says more than that the time was over: what gives credentials failed just then, or a name was not resolved.
    /// </summary>
    public static bool SaysMoreThanTime(Exception exception) =>
        exception is ClusterCredentialException or HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError };

    public static LeaseStoreError From(Exception exception, string server) => Explain(exception, server) with { Exception = exception };

    public static TimeSpan? RetryAfter(HttpResponseHeaders headers, DateTimeOffset now) => headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        // Measured from the server's own clock where it tells it: ours may be wrong by minutes.
        { Date: { } date } => date - (headers.Date ?? now) is { Ticks: > 0 } wait ? wait : TimeSpan.Zero,
        _ => null,
    };

    private static LeaseStoreError Explain(Exception exception, string server) => exception switch
    {
        ClusterCredentialException => Error(LeaseStoreErrorKind.Credentials, exception.Message),
        HttpRequestException http => FromHttp(http, server),
        InvalidDataException => Error(
            LeaseStoreErrorKind.InvalidResponse,
            $"{server} answered with {exception.Message}, which is no Lease. Is something else listening there?"),
        OperationCanceledException => NotInTime(exception, server),
        _ => Broken(exception, server),
    };

    private static LeaseStoreError FromHttp(HttpRequestException e, string server) => e.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => Unresolved(e, server),
        HttpRequestError.SecureConnectionError => FromHandshake(e, server),
        HttpRequestError.ConnectionError => Error(
            LeaseStoreErrorKind.Network, $"No connection to {server}: {Innermost(e)} Check address, port and network policies."),
        HttpRequestError.ProxyTunnelError => Error(
            LeaseStoreErrorKind.Network,
            $"The proxy does not let us through to {server}: {Innermost(e)} Check proxy-url or HTTPS_PROXY, or add the host to NO_PROXY."),
        HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded => Error(
            LeaseStoreErrorKind.InvalidResponse,
            $"{server} does not speak HTTP as expected: {Innermost(e)} Is something else listening there?"),
        _ => Broken(e, server),
    };

    /// <summary>What was dialled says of each address what came of it; where it says nothing, somebody has taken it, as a rule.</summary>
    private static LeaseStoreError NotInTime(Exception exception, string server) => exception.GetBaseException() switch
    {
        SocketException { SocketErrorCode: SocketError.TryAgain or SocketError.HostNotFound } => Unresolved(exception, server),
        SocketException tried => Error(
            LeaseStoreErrorKind.Network,
            $"No connection to {server} could be made in time: {tried.Message}. Check address, port and network policies."),
        _ => Error(
            LeaseStoreErrorKind.Network,
            $"No TLS connection to {server} came about in time. If connections are taken there, it is a load balancer behind which no API "
            + "server answers, a proxy that does not get through to it, or a network that swallows large packets (MTU)."),
    };

    private static LeaseStoreError Unresolved(Exception exception, string server) => Error(
        LeaseStoreErrorKind.Dns,
        $"No connection to {server}: {Innermost(exception)} Check the address (proxy-url or HTTPS_PROXY if it is a proxy's) and the DNS of "
        + "this machine.");

    private static LeaseStoreError FromHandshake(HttpRequestException e, string server) => e.InnerException switch
    {
        UntrustedServerException untrusted =>
            Error(LeaseStoreErrorKind.Tls, $"No trusted connection to {server}: {untrusted.Message}"),
        AuthenticationException => Error(
            LeaseStoreErrorKind.Tls,
            $"No TLS connection to {server}: {Innermost(e)} Is TLS spoken at that port? (The URL of a proxy begins with https:// only if "
            + "the proxy itself speaks TLS.) If so, the server's log says what it did not agree to: a client certificate, as a rule."),
        IOException or SocketException => Error(
            LeaseStoreErrorKind.Network,
            $"The connection to {server} ended before TLS was agreed on: {Innermost(e)} A load balancer does so while no API server behind "
            + "it is up, a gateway that does not know the host's name (tls-server-name in a kubeconfig), or a firewall."),
        // A certificate of ours that cannot be used, such as one that the app has disposed of.
        _ => Error(LeaseStoreErrorKind.Tls, $"No TLS connection to {server}: {Innermost(e)} Check the certificates it is made with."),
    };

    /// <summary>With TLS 1.3 a server says what it thinks of our certificate when the handshake is over for us.</summary>
    private static LeaseStoreError Broken(Exception exception, string server) => exception.GetBaseException() is CryptographicException
        ? Error(
            LeaseStoreErrorKind.Tls,
            $"{server} ended TLS: {Innermost(exception)} If it names a certificate, that is ours: it is missing, has run out, or is of an "
            + "authority that the server does not go by.")
        : Error(LeaseStoreErrorKind.Network, $"The connection to {server} broke: {Innermost(exception)}");

    private static LeaseStoreError Error(LeaseStoreErrorKind kind, string message) => new(kind, message);

    // The outer messages only say that there is an inner one.
    private static string Innermost(Exception exception)
    {
        string message = exception.GetBaseException().Message.TrimEnd();
        return message.EndsWith('.') ? message : message + ".";
    }
}
