using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Kubernetes.Credentials;

/// <summary>
/// One source for all clients of this process that run the same plugin: lease, label, events and Pods of hundreds of elections would each
/// start a process of their own, in the same second. Not for two servers: what one of them refuses may be good at the other.
/// </summary>
internal static class SharedExecCredentials
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<(ExecPlugin, Uri, TimeProvider), ExecCredentialSource> Sources = [];

    /// <returns>To be disposed of by each who has asked for it; the last one ends it.</returns>
    public static ExecCredentialSource Join(ExecPlugin plugin, Uri server, TimeProvider timeProvider, ILogger logger)
    {
        lock (Gate)
        {
            if (Sources.TryGetValue((plugin, server, timeProvider), out ExecCredentialSource? source) && source.TryJoin())
                return source;
            source = new ExecCredentialSource(plugin, timeProvider, logger);
            Sources[(plugin, server, timeProvider)] = source;
            source.Ended = () => Remove(plugin, server, timeProvider, source);
            return source;
        }
    }

    /// <summary>Unless another has its place by now. A plugin and what it gave are secrets, and not kept without need.</summary>
    private static void Remove(ExecPlugin plugin, Uri server, TimeProvider timeProvider, ExecCredentialSource ended)
    {
        lock (Gate)
        {
            if (Sources.TryGetValue((plugin, server, timeProvider), out ExecCredentialSource? source) && ReferenceEquals(source, ended))
                Sources.Remove((plugin, server, timeProvider));
        }
    }
}
