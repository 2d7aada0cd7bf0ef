using System.Net;
using System.Net.Sockets;
using LeaseElection.Hosting.Kubernetes.Credentials;

namespace LeaseElection.Hosting.Kubernetes.Connecting;

/// <summary>
/// Connects to a server, or to the proxy before it, at whichever of its addresses answers first. An address has a head start of 250 ms
/// before the next one is tried beside it, unless it fails earlier (RFC 8305, section 5). One after the other, as .NET tries them, a first
/// address that swallows packets (a control-plane node that is off) would use up the time of every attempt, and nobody would ever lead.
/// </summary>
/// <param name="connectTimeout">The time that a connection may take. Whoever calls sees to that.</param>
/// <param name="timeProvider">For the head starts.</param>
/// <param name="resolve">Finds the addresses of a name; <see langword="null"/>: as the system does.</param>
/// <param name="connect">Connects to one address; <see langword="null"/>: over TCP.</param>
internal sealed class ServerDialer(
    TimeSpan connectTimeout, TimeProvider timeProvider,
    Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null, Func<IPEndPoint, CancellationToken, Task<Socket>>? connect = null)
{
    private static readonly TimeSpan HeadStart = TimeSpan.FromMilliseconds(250);

    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve = resolve ?? Dns.GetHostAddressesAsync;
    private readonly Func<IPEndPoint, CancellationToken, Task<Socket>> _connect = connect ?? ServerSocket.ConnectAsync;

    /// <exception cref="SocketException">
    /// The name was not resolved in time or has no address, or none of them answered in time: the message says of each why not. It names
    /// what was dialled, which may be the proxy, and not the server that the caller speaks of.
    /// </exception>
    public async Task<Socket> DialAsync(DnsEndPoint server, CancellationToken cancellationToken)
    {
        // The system would resolve an address to itself, but not 0.0.0.0 and [::]. The zone of one is escaped in a URL: [fe80::1%25eth0].
        IPAddress[] addresses = IPAddress.TryParse(server.Host.Replace("%25", "%", StringComparison.Ordinal), out IPAddress? address)
            ? [address]
            : await ResolveAsync(server.Host, cancellationToken).ConfigureAwait(false);
        return await RaceAsync(DialTargets.Of(addresses, server.Port), cancellationToken).ConfigureAwait(false);
    }

    private async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        try
        {
            // Left behind where it hangs: the system's resolver tries for minutes, and hears of no token once it has begun.
            Task<IPAddress[]> resolving = _resolve(host, cancellationToken);
            AppCode.Forget(resolving);
            IPAddress[] addresses = await resolving.WaitAsync(cancellationToken).ConfigureAwait(false);
            return addresses.Length > 0 ? addresses : throw new SocketException((int)SocketError.HostNotFound);
        }
        catch (SocketException e)
        {
            throw new SocketException((int)e.SocketErrorCode, $"the name {host} cannot be resolved: {e.Message}");
        }
        catch (OperationCanceledException)
        {
            throw new SocketException((int)SocketError.TryAgain, $"the name {host} was not resolved in time.");
        }
    }

    private async Task<Socket> RaceAsync(IReadOnlyList<IPEndPoint> targets, CancellationToken cancellationToken)
    {
        // Less where there are many: the last one needs time to answer, too.
        TimeSpan headStart = TimeSpan.FromTicks(Math.Min(HeadStart.Ticks, connectTimeout.Ticks / targets.Count));
        using var decided = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var attempts = new List<Task<Socket>>();
        Task<Socket>? winner = null;
        try
        {
            Task turn = Task.CompletedTask;
            foreach (IPEndPoint target in targets)
            {
                Task<Socket> attempt = TryAsync(target, turn, decided);
                attempts.Add(attempt);
                turn = NextTurnAsync(turn, attempt, headStart, decided.Token);
            }

            await foreach (Task<Socket> ended in Task.WhenEach(attempts).ConfigureAwait(false))
            {
                if (!ended.IsCompletedSuccessfully)
                    continue;
                winner = ended;
                return await ended.ConfigureAwait(false);
            }
            throw NobodyAnswered(targets, attempts);
        }
        finally
        {
            await decided.CancelAsync().ConfigureAwait(false);
            foreach (Task<Socket> attempt in attempts.Where(attempt => attempt != winner))
                await CloseAsync(attempt).ConfigureAwait(false);
        }
    }

    private async Task<Socket> TryAsync(IPEndPoint target, Task turn, CancellationTokenSource decided)
    {
        await turn.ConfigureAwait(false);
        decided.Token.ThrowIfCancellationRequested();
        Socket socket = await _connect(target, decided.Token).ConfigureAwait(false);
        // Here already: the end of this attempt would else be the turn of the next.
        await decided.CancelAsync().ConfigureAwait(false);
        return socket;
    }

    /// <summary>Ends when the attempt has failed or had its head start, which begins with its own turn. Never throws.</summary>
    private async Task NextTurnAsync(Task turn, Task attempt, TimeSpan headStart, CancellationToken decided)
    {
        await turn.ConfigureAwait(false);
        await Task.WhenAny(attempt, Task.Delay(headStart, timeProvider, decided)).ConfigureAwait(false);
    }

    private static async Task CloseAsync(Task<Socket> attempt)
    {
        try
        {
            (await attempt.ConfigureAwait(false)).Dispose();
        }
#pragma warning disable CA1031 // It lost the race, or failed before that: whatever it threw, others are to be closed, and the winner kept.
        catch
#pragma warning restore CA1031
        {
        }
    }

    private static SocketException NobodyAnswered(IReadOnlyList<IPEndPoint> targets, List<Task<Socket>> attempts)
    {
        IEnumerable<string> reasons = targets.Zip(attempts, (target, attempt) => $"{target}: {ReasonOf(attempt)}");
        SocketException? failure = attempts.Select(attempt => attempt.Exception?.InnerException).OfType<SocketException>().FirstOrDefault();
        return new SocketException((int)(failure?.SocketErrorCode ?? SocketError.TimedOut), string.Join("; ", reasons));
    }

    private static string ReasonOf(Task<Socket> attempt) => attempt.Exception?.InnerException?.Message ?? "no answer";
}
