using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Diagnostics;

/// <summary>
/// What the Kubernetes store logs: ids 200 to 249, never renumbered. Failed requests are not here: they are answers, which the election
/// reports once and not at every retry. No message ever contains a token.
/// </summary>
internal static partial class KubernetesStoreLog
{
    [LoggerMessage(200, LogLevel.Debug, "The credential file {File} has changed and is used from now on.",
        EventName = "CredentialFileChanged")]
    public static partial void CredentialFileChanged(ILogger logger, string file);

    [LoggerMessage(201, LogLevel.Warning,
        "The credential file {File} cannot be used: {Reason} What it said before is used until it can be read again.",
        EventName = "CredentialFileUnusable")]
    public static partial void CredentialFileUnusable(ILogger logger, string file, string reason);

    [LoggerMessage(202, LogLevel.Debug, "Asked the plugin '{Command}' for credentials; they expire at {ExpiresAt}.",
        EventName = "ExecPluginAsked")]
    public static partial void ExecPluginAsked(ILogger logger, string command, DateTimeOffset? expiresAt);

    [LoggerMessage(203, LogLevel.Debug, "The connection to {Server} did not answer in time and is replaced.",
        EventName = "ConnectionReplaced")]
    public static partial void ConnectionReplaced(ILogger logger, string server);

    [LoggerMessage(204, LogLevel.Warning,
        "The certificate of {Server} is not verified, because {Origin} says so (insecure-skip-tls-verify): whoever is between here "
        + "and there can read the token and pretend to be the API server. Name the server's authority (certificate-authority) instead.",
        EventName = "TlsNotVerified")]
    public static partial void TlsNotVerified(ILogger logger, string server, string origin);

    [LoggerMessage(205, LogLevel.Debug, "{Server} refused the credentials; the request is sent again with renewed ones.",
        EventName = "CredentialsRenewed")]
    public static partial void CredentialsRenewed(ILogger logger, string server);

    [LoggerMessage(206, LogLevel.Warning,
        "The plugin '{Command}' failed: {Reason} Its last credentials are used for as long as they are valid.",
        EventName = "ExecPluginFailed")]
    public static partial void ExecPluginFailed(ILogger logger, string command, string reason);

    [LoggerMessage(210, LogLevel.Debug, "{Origin} has described the connection anew, which is used from now on.",
        EventName = "ConnectionMadeAnew")]
    public static partial void ConnectionMadeAnew(ILogger logger, string origin);

    [LoggerMessage(211, LogLevel.Warning,
        "No other connection could be made: {Reason} The one before stays in use. Mend what {Origin} does, or restart the process.",
        EventName = "ConnectionNotMadeAnew")]
    public static partial void ConnectionNotMadeAnew(ILogger logger, string reason, string origin);

    [LoggerMessage(212, LogLevel.Debug, "Again no other connection could be made: {Reason} {Origin} is to be mended.",
        EventName = "ConnectionNotMadeAnewAgain")]
    public static partial void ConnectionNotMadeAnewAgain(ILogger logger, string reason, string origin);

    [LoggerMessage(213, LogLevel.Information,
        "The elections of this app each watch their own lease in {Namespace}, and not all leases there with one watch, which "
        + "would cost the API server less: {Reason}",
        EventName = "NamespaceNotWatched")]
    public static partial void NamespaceNotWatched(ILogger logger, string @namespace, string reason);
}
