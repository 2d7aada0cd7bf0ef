using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Election.Deaths;

/// <summary>
/// Whose Pod a standby looks at, and whether that proves the holder's death. If a clock was set back between two starts of a container, its
/// times alone could tell that the last one was the holder's, which lives in the present one. So an end counts only if it is news: of a
/// container that still ran when the term had been seen for a while, and not there when it last showed that it lives (design 15, rule 3).
/// </summary>
/// <param name="own">This process.</param>
internal sealed class DeathKeeper(HolderProcess own)
{
    /// <summary>
    /// How late a kubelet may tell that a container has ended, when the next one of it runs already and its process leads. It looks once a
    /// second, but has other Pods, and may have to try again.
    /// </summary>
    public static readonly TimeSpan Settling = TimeSpan.FromSeconds(10);

    /// <summary>The ends of containers that the holder has outlived.</summary>
    private readonly HashSet<ContainerEnd> _outlived = [];
    private HolderContainer? _container;
    private Lease? _lease;
    private PodFacts? _pod;
    private bool _hasLooked;

    /// <summary>The term whose Pod is to be followed; <see langword="null"/>: none.</summary>
    public HeldTerm? Wanted { get; private set; }

    /// <summary>From when on. The first look must begin then, not earlier: what it finds is older than the term.</summary>
    public TimeSpan FollowFrom { get; private set; }

    /// <summary>What is known of its death.</summary>
    public DeathProof Proof => Wanted is { } term && _hasLooked
        ? DeathProof.Of(term.Process, _container?.Id, _pod, _outlived)
        : new DeathProof(null, "nobody has looked at it");

    /// <summary>The version of the lease whose holder is proven to be dead; <see langword="null"/>: none is.</summary>
    public string? ProvenVersion => Proof.End is null ? null : _lease!.ResourceVersion;

    /// <summary>Takes note of the lease.</summary>
    /// <param name="lease">The newest version that was seen.</param>
    /// <param name="standsBy">Whether this process would take it.</param>
    /// <param name="now">On the monotonic clock.</param>
    public void Look(Lease? lease, bool standsBy, TimeSpan now)
    {
        HeldTerm? term = standsBy ? HeldTerm.Of(lease) : null;
        if (term?.Process == own)
            term = null;
        if (term != Wanted)
        {
            Wanted = term;
            FollowFrom = now + Settling;
            _hasLooked = false;
            _pod = null;
            _container = term is null ? null : new HolderContainer(term.Process);
            _outlived.Clear();
        }
        else if (lease?.Record != _lease?.Record)
        {
            Outlive(); // It lives. If that is its last word, and came late, the lease has to run out.
        }

        _lease = lease;
    }

    /// <summary>Takes note of the Pod: as it was read when it is first told for a term, then of each change after that.</summary>
    /// <param name="term">For whose sake it was looked at.</param>
    /// <param name="pod">What it tells; <see langword="null"/>: there is none.</param>
    public void See(HeldTerm term, PodFacts? pod)
    {
        if (!ReferenceEquals(term, Wanted))
            return; // Told by a look that began too early, or for another term.
        _pod = pod;
        if (pod is not null)
            _container!.See(pod);
        _hasLooked = true;
    }

    private void Outlive()
    {
        // Of no others: one that crashes beside a leader of months, again and again, would leave more than anybody needs.
        if (Wanted is { } term && _pod?.Named(term.Process.Container) is { } container)
            _outlived.UnionWith(container.Ends);
    }
}
