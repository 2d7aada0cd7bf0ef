using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Election.Partitions;
using LeaseElection.Hosting.Groups;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Members;

/// <summary>
/// The leases around that of an election: those of its members, which this process is one of. It lives from when the election begins to
/// when its host has stopped, over a connection of its own, and nothing of it holds up the election.
/// </summary>
internal sealed class ElectionGroup : IAsyncDisposable
{
    private readonly ILeaseStoreSource _leases;
    private readonly MemberPresence _presence;
    private readonly MemberHousekeeper _housekeeper;
    private readonly ElectionRun _run;
    private bool _disposed;

    /// <param name="leases">Where the leases are; disposed with this.</param>
    /// <param name="run">What is fixed for the election.</param>
    /// <param name="options">Its options.</param>
    /// <param name="traits">What this process shows of itself.</param>
    /// <param name="election">The election.</param>
    /// <param name="parts">What its loop works with.</param>
    /// <param name="hasPartitions">Whether the leases of its partitions are among those of the group.</param>
    public ElectionGroup(
        ILeaseStoreSource leases, ElectionRun run, LeaderElectionOptions options, LeaseTraits traits, LeaderElection election,
        ElectionParts parts, bool hasPartitions)
    {
        _leases = leases;
        _run = run;
        string name = MemberLeaseName.Of(run.Card.LeaseName, run.Card.Identity);
        var presence = new ElectionRun(run.Card with { LeaseName = name }, MemberSettings.Of(options, run.Card.Identity), run.Clock);
        ElectorSettings pace = hasPartitions ? PartitionPace.Of(presence.Settings, run.Settings) : presence.Settings;
        Watch = new LeaseGroupWatch(leases.OpenGroup(LeaseGroupName.Of(run.Card.LeaseName)), run with { Settings = pace }, parts.Logger);
        _presence = new MemberPresence(Watch, Watch.Open(name, traits), presence, run, parts);
        _housekeeper = new MemberHousekeeper(Watch, run, () => election.IsLeader, parts.Logger);
        election.Members!.Attach(election, Watch, run.Clock, new ElectionMember
        {
            Identity = run.Card.Identity,
            Since = run.Clock.Now.Wall,
            Labels = traits.OfGroup(LeaseGroupName.Of(run.Card.LeaseName)).Labels,
            IsSelf = true,
        });
    }

    /// <summary>What is known of all leases of the group.</summary>
    public LeaseGroupWatch Watch { get; }

    public void Begin()
    {
        Watch.Start();
        _presence.Begin();
        _housekeeper.Begin();
    }

    /// <summary>
    /// With the first sign of the host's stop, before work has drained: who is about to go is not to be counted on. Returns at once.
    /// </summary>
    public void Leave() => _presence.Leave();

    /// <summary>Until the others know, but no longer than <paramref name="patience"/>, and than the token allows.</summary>
    public async Task LeftAsync(TimeSpan patience, CancellationToken cancellationToken) =>
        await _presence.Left.WaitAsync(patience, _run.Clock.TimeProvider, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
            return;
        await _housekeeper.DisposeAsync().ConfigureAwait(false);
        await _presence.DisposeAsync().ConfigureAwait(false);
        await Watch.DisposeAsync().ConfigureAwait(false);
        await _leases.DisposeAsync().ConfigureAwait(false);
    }
}
