using LeaseElection.Hosting.ClusterTests.Electors;
using LeaseElection.Hosting.Election.Notes;
using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Hosting.ClusterTests.Notes;

/// <summary>A third party that looks at every version of a lease, and at what is to be seen of its notes.</summary>
internal sealed class NoteWatch : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _over = new();
    private readonly KubernetesLeaseStore _store;
    private readonly Task _watching;

    private NoteWatch(KubernetesLeaseStore store, string version)
    {
        _store = store;
        _watching = WatchAsync(version);
    }

    public int Versions { get; private set; }

    /// <summary>How many versions showed the note of a term.</summary>
    public int Shown { get; private set; }

    /// <summary>How many versions still bore the note of another term, which is not to be seen.</summary>
    public int Hidden { get; private set; }

    /// <summary>Notes of terms that were seen beside another holder.</summary>
    public List<string> Wrong { get; } = [];

    /// <summary>From the first version on that there is.</summary>
    public static async Task<NoteWatch> StartAsync(Contest contest)
    {
        KubernetesLeaseStore store = contest.Look();
        LeaseReply reply = new LeaseReply.Absent();
        await Polling.UntilAsync(
            async () => (reply = await store.ReadAsync(Patience, CancellationToken.None)) is LeaseReply.Found, Patience);
        return new NoteWatch(store, ((LeaseReply.Found)reply).Lease.ResourceVersion);
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _store.DisposeAsync();
        _over.Dispose();
    }

    private async Task WatchAsync(string version)
    {
        while (!_over.IsCancellationRequested)
        {
            await foreach (LeaseEvent happened in _store.WatchAsync(version, _over.Token)) // Ends every few minutes.
            {
                if (happened is not LeaseEvent.Changed { Lease: var lease })
                    continue;
                version = lease.ResourceVersion;
                Look(lease);
            }
        }
    }

    private void Look(Lease lease)
    {
        Versions++;
        bool isThere = lease.ReadAnnotations().ContainsKey(NoteAnnotations.OfTerm + NotingCandidate.Who);
        if (!NoteAnnotations.Read(lease).TryGetValue(NotingCandidate.Who, out string? who))
            Hidden += isThere ? 1 : 0;
        else if (who == lease.Record.HolderIdentity)
            Shown++;
        else
            Wrong.Add($"{who} beside {lease.Record.HolderIdentity} at {lease.ResourceVersion}");
    }
}
