using System.Collections.Immutable;

namespace LeaseElection.Hosting.Election;

/// <summary>All leases of a group as this process has seen them: immutable, for any thread to look at.</summary>
internal sealed record GroupView
{
    public static GroupView Empty { get; } = new();

    public ImmutableDictionary<string, GroupLease> Leases { get; init; } =
        ImmutableDictionary.Create<string, GroupLease>(StringComparer.Ordinal);

    /// <summary>The version up to which it is known what happened; empty before the first list.</summary>
    public string ResourceVersion { get; init; } = "";

    /// <summary>Whether all leases were listed at least once. Until then it is not known who is missing.</summary>
    public bool IsComplete => ResourceVersion.Length > 0;

    /// <summary>
    /// Until when it is known to be all there is: when the last list was sent, or the watch last told anything. <see
    /// langword="null"/> before the first list.
    /// </summary>
    public TimeSpan? AsOf { get; init; }

    /// <summary>
    /// Until when nothing that happened can be missing, if nothing more is heard: a watch that should have told something by then is taken
    /// for broken, or a list is overdue. Before the first list it is over.
    /// </summary>
    public TimeSpan FreshUntil { get; init; } = TimeSpan.MinValue;

    /// <summary>Grows with each change that is more than a sign of life.</summary>
    public long News { get; init; }

    public bool IsFreshAt(TimeSpan now) => IsComplete && now < FreshUntil;

    public GroupLease? Find(string name) => Leases.GetValueOrDefault(name);

    /// <summary>When the next holder that is alive now will not be any more, unless it renews; never, if none is.</summary>
    public TimeSpan NextEndAfter(TimeSpan now) =>
        Leases.Values.Where(lease => lease.IsLiveAt(now)).Select(lease => lease.LiveUntil).DefaultIfEmpty(TimeSpan.MaxValue).Min();
}
