using System.Runtime.CompilerServices;
using System.Threading.Channels;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Kubernetes;

/// <summary>Whoever wants to know of one lease what a watch of many tells, after a version that he knows.</summary>
internal sealed class NamespaceWatchReader(string resourceVersion)
{
    private readonly Channel<LeaseEvent> _events =
        Channel.CreateUnbounded<LeaseEvent>(new UnboundedChannelOptions { SingleReader = true });
    private string _known = resourceVersion;

    /// <summary>What he knew when he came.</summary>
    public string ResourceVersion { get; } = resourceVersion;

    /// <summary>Ends when the watch has ended or nobody wants it any more, or with what broke it.</summary>
    /// <remarks>
    /// Whoever becomes leader ends his watch. Of hundreds that do so at once each would throw an exception through all that reads here,
    /// when the processor has most to do.
    /// </remarks>
    public async IAsyncEnumerable<LeaseEvent> EventsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        CancellationTokenRegistration unwanted = cancellationToken.UnsafeRegister(
            static reader => ((NamespaceWatchReader)reader!).End(error: null), this);
        await using (unwanted.ConfigureAwait(false))
        {
            await foreach (LeaseEvent told in _events.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
                yield return told;
        }
    }

    /// <summary>
    /// What he knows already is not told: the watch may have begun before his version, or be behind the read that gave it to him.
    /// </summary>
    public void Offer(LeaseEvent told)
    {
        if (NamespaceWatch.VersionOf(told) is { } version)
        {
            // Where nobody knows it counts as later: what is told twice does no harm.
            if (Leases.ResourceVersion.Compare(version, _known) is <= 0)
                return;
            _known = version;
        }
        _events.Writer.TryWrite(told);
    }

    public void End(LeaseStoreError? error) => _events.Writer.TryComplete(error is null ? null : new LeaseWatchException(error));
}
