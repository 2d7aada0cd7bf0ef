using LeaseElection.Hosting.Kubernetes.Connecting;
using LeaseElection.Hosting.Kubernetes.Requests;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Kubernetes.Announcing;

/// <summary>Sends announcements over a connection of its own, which no renewal ever waits for.</summary>
/// <param name="connection">Where to.</param>
/// <param name="timeProvider">Times the requests.</param>
/// <param name="logger">Is told of what becomes of the connection.</param>
/// <param name="shared">Whether for many elections at a time, or for one announcement after the other.</param>
internal sealed class AnnouncementSender(
    KubernetesConnection connection, TimeProvider timeProvider, ILogger logger, bool shared = false) : IAsyncDisposable
{
    /// <summary>What the lease requests have at most; after it the server gives up as well.</summary>
    public static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(2.5);

    private readonly ApiServerClient _client = new(connection, timeProvider, logger, shared);

    public ApiServerAddress Server { get; } = new(connection.Server);

    /// <exception cref="OperationCanceledException">Only when <paramref name="cancellationToken"/> fired: what became of it is
    /// unknown.</exception>
    public async Task<AnnouncementReply> SendAsync(Announcement announcement, CancellationToken cancellationToken)
    {
        using ApiOutcome outcome = await _client.SendAsync(announcement.Request, RequestTimeout, cancellationToken).ConfigureAwait(false);
        return AnnouncementReplies.From(outcome, announcement, Server.ToString());
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();
}
