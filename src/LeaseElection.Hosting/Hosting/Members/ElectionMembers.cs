using System.Runtime.CompilerServices;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Groups;
using LeaseElection.Hosting.Time;

namespace LeaseElection.Hosting.Members;

/// <summary>What the app sees of the members of an election: computed from what is known whenever somebody looks.</summary>
internal sealed class ElectionMembers : IElectionMembers
{
    private readonly TaskCompletionSource<Attached> _attached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<ElectionMember> Members => Look()?.MembersOf() ?? [];

    public bool IsComplete => Look() is { } all && all.Watch.View.IsFreshAt(all.Clock.Now.Monotonic);

    /// <summary>From here on there is something to say: the host starts.</summary>
    public void Attach(LeaderElection election, LeaseGroupWatch watch, ElectionClock clock, ElectionMember self) =>
        _attached.TrySetResult(new Attached(election, watch, clock, self));

    public async IAsyncEnumerable<IReadOnlyList<ElectionMember>> WatchAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Attached all = await _attached.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyList<ElectionMember>? told = null;
        bool wasComplete = false;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();

            // Before the look: what changes after it ends one of these.
            Task status = all.Election.Changed;
            (GroupView view, Task news) = all.Watch.Look();
            ElectionTime now = all.Clock.Now;
            IReadOnlyList<ElectionMember> members = all.MembersOf(view, now);
            bool isComplete = view.IsFreshAt(now.Monotonic);
            bool isNews = told is null || !MemberList.AreSame(told, members) || (isComplete && !wasComplete);
            wasComplete = isComplete;
            if (isNews)
                yield return told = members;
            if (all.Election.Snapshot.State == LeaderElectionState.Stopped)
                yield break;
            await WaitAsync(all.Clock, view.NextEndAfter(now.Monotonic), status, news, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Until something happens, or the first of the members that were told of has been silent for too long, which may be over by now:
    /// whoever is told takes its time.
    /// </summary>
    private static async Task WaitAsync(ElectionClock clock, TimeSpan end, Task status, Task news, CancellationToken cancellationToken)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task silence = Alarm.WaitAsync(clock.TimeProvider, end == TimeSpan.MaxValue ? end : end - clock.Now.Monotonic, done.Token);
        await Task.WhenAny(status, news, silence).ConfigureAwait(false);
        await done.CancelAsync().ConfigureAwait(false);
        await silence.ConfigureAwait(false);
    }

    private Attached? Look() => _attached.Task.IsCompletedSuccessfully ? _attached.Task.Result : null;

    private sealed record Attached(LeaderElection Election, LeaseGroupWatch Watch, ElectionClock Clock, ElectionMember Self)
    {
        public IReadOnlyList<ElectionMember> MembersOf() => MembersOf(Watch.View, Clock.Now);

        public IReadOnlyList<ElectionMember> MembersOf(GroupView view, ElectionTime now) =>
            MemberList.Of(view, now, Election.LeaseName, Self, Election.Status.HolderIdentity);
    }
}
