using System.Collections.Immutable;
using System.Globalization;
using System.Threading.Channels;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Groups;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.Election;

namespace LeaseElection.Hosting.Tests.Groups;

/// <summary>What an elector is told that is woken by the watch of a group, and what is remembered for the next one.</summary>
public sealed class LoanedLeasesTests
{
    private static readonly TimeSpan Seen = TimeSpan.FromSeconds(1000);

    private readonly LoanedLeases _loans = new();

    [Theory]
    [InlineData(5, 5, false)]
    [InlineData(5, 4, true)]
    [InlineData(5, 6, false)] // The group lags behind what was read: what it knows is old.
    public void Subscribe_TellsWhatHappenedBetweenTheReadAndTheSubscription(long known, long read, bool isTold)
    {
        GroupView view = ViewOf(known, SomeRecord.HeldBy("other"));
        GroupedLease lease = Lend(view);

        ChannelReader<LeaseGroupEvent> told = _loans.Subscribe(lease, Text(read), view);

        Assert.Equal(isTold, told.TryRead(out LeaseGroupEvent? happened));
        if (isTold)
            Assert.Equal(Text(known), Assert.IsType<LeaseGroupEvent.Changed>(happened).Lease.ResourceVersion);
    }

    [Fact]
    public void Subscribe_LeaseIsGoneMeanwhile_IsTold()
    {
        GroupView view = ViewOf(9, null);
        GroupedLease lease = Lend(view);

        Assert.True(_loans.Subscribe(lease, "5", view).TryRead(out LeaseGroupEvent? happened));
        Assert.Equal(new LeaseGroupEvent.Gone("a", "9"), happened);
        Assert.False(_loans.Subscribe(lease, "12", view).TryRead(out _));
    }

    [Fact]
    public void Subscribe_BeforeTheFirstList_WaitsForIt()
    {
        GroupedLease lease = Lend(GroupView.Empty);
        ChannelReader<LeaseGroupEvent> told = _loans.Subscribe(lease, "5", GroupView.Empty);
        Assert.False(told.Completion.IsCompleted || told.TryRead(out _));

        GroupView view = ViewOf(6, SomeRecord.HeldBy("other"));
        _loans.Tell(["a"], new GroupInput.TimerFired(), view);

        Assert.True(told.TryRead(out _));
    }

    [Fact]
    public async Task Subscribe_VersionsThatAreNoNumbers_IsBrokenUntilTheGroupKnowsTheVeryVersion()
    {
        GroupView view = ViewOf("xyz", SomeRecord.HeldBy("other"));
        GroupedLease lease = Lend(view);

        await Assert.ThrowsAsync<LeaseWatchException>(() => _loans.Subscribe(lease, "abc", view).WaitToReadAsync().AsTask());
        Assert.False(_loans.Subscribe(lease, "xyz", view).Completion.IsCompleted);
    }

    [Fact]
    public void Tell_ChangesAndSignsOfLife_ReachTheOneWhoStands()
    {
        GroupView view = ViewOf(5, SomeRecord.HeldBy("other"));
        ChannelReader<LeaseGroupEvent> told = _loans.Subscribe(Lend(view), "5", view);

        var bookmark = new LeaseGroupEvent.Bookmark("8");
        _loans.Tell([], new GroupInput.Watched(bookmark), view);
        _loans.Tell(["b"], new GroupInput.TimerFired(), view);
        _loans.Tell(["a"], new GroupInput.TimerFired(), ViewOf(9, SomeRecord.Released));

        Assert.True(told.TryRead(out LeaseGroupEvent? happened));
        Assert.Equal(bookmark, happened);
        Assert.True(told.TryRead(out happened));
        Assert.IsType<LeaseGroupEvent.Changed>(happened);
        Assert.False(told.TryRead(out _));
    }

    /// <summary>Otherwise a holder that died before this process stood for its lease would be waited for all over again.</summary>
    [Fact]
    public void Lend_HolderSeenBefore_IsWaitedForFromThenOn()
    {
        GroupedLease lease = Lend(ViewOf(5, SomeRecord.HeldBy("other", duration: 15)));

        Assert.Equal(Seen + TimeSpan.FromSeconds(15), lease.Memory.View.FreeAt);
    }

    /// <summary>A death is told once: who begins to stand afterwards would wait for the whole lease of somebody known to be gone.</summary>
    [Fact]
    public void Lend_HolderWasProvenDeadBefore_IsNotWaitedFor()
    {
        GroupedLease lease = Lend(Proven(ViewOf(5, SomeRecord.HeldBy("other", duration: 15))));

        Assert.True(lease.Memory.View.FreeAt < Seen);
    }

    [Theory]
    [InlineData(5, true)]
    [InlineData(6, true)] // The group lags behind what was read: to the elector the proof of another version is nothing.
    [InlineData(4, false)]
    public void Subscribe_HolderWasProvenDeadBefore_IsTold(long read, bool isTheFirst)
    {
        GroupView view = ViewOf(5, SomeRecord.HeldBy("other"));
        GroupedLease lease = Lend(view);
        GroupView later = Proven(view);
        _loans.Tell(["a"], new GroupInput.Watched(new LeaseGroupEvent.HolderDead("a", "5")), later);

        ChannelReader<LeaseGroupEvent> told = _loans.Subscribe(lease, Text(read), later);

        Assert.True(told.TryRead(out LeaseGroupEvent? happened));
        Assert.Equal(isTheFirst, happened is LeaseGroupEvent.HolderDead);
        Assert.True(isTheFirst || told.TryRead(out happened));
        Assert.Equal(new LeaseGroupEvent.HolderDead("a", "5"), happened);
    }

    [Fact]
    public void Return_HolderIsProvenDeadThen_IsRememberedForTheNext()
    {
        GroupView view = ViewOf(5, SomeRecord.HeldBy("other", duration: 15));
        GroupedLease first = Lend(view);
        GroupView later = Proven(view);
        _loans.Tell(["a"], new GroupInput.Watched(new LeaseGroupEvent.HolderDead("a", "5")), later);
        _loans.Return(first, later);

        Assert.True(Lend(later).Memory.View.FreeAt < Seen);
    }

    [Fact]
    public void Return_WhatHappensThen_IsRememberedForTheNext()
    {
        GroupView view = ViewOf(5, SomeRecord.HeldBy("me"));
        GroupedLease first = Lend(view);
        first.Memory.Own.Confirmed(SomeRecord.HeldBy("me"));
        ChannelReader<LeaseGroupEvent> told = _loans.Subscribe(first, "5", view);
        _loans.Return(first, view);
        Assert.True(told.Completion.IsCompleted);

        _loans.Tell(["a"], new GroupInput.TimerFired(), ViewOf(8, SomeRecord.HeldBy("other", duration: 15, transitions: 1)));
        GroupedLease second = Lend(ViewOf(8, SomeRecord.HeldBy("other", duration: 15, transitions: 1)));

        Assert.Same(first.Memory, second.Memory);
        Assert.Equal("8", second.Memory.View.Latest!.ResourceVersion);
        Assert.Equal(Seen + TimeSpan.FromSeconds(15), second.Memory.View.FreeAt);
    }

    /// <summary>A list tells what is, not what was until then: who looks for the lease itself waits for whoever may have held it.</summary>
    [Theory]
    [InlineData("gone")]
    [InlineData("emptied")]
    [InlineData("made anew")]
    public void Return_LeaseThatIsGoneThenOrHasNoHolder_IsLeftToTheNextOnesLook(string what)
    {
        GroupView view = ViewOf(5, SomeRecord.HeldBy("other"));
        GroupedLease first = Lend(view);
        _loans.Return(first, view);

        GroupView later = what switch
        {
            "gone" => ViewOf(8, null),
            "emptied" => ViewOf(8, SomeRecord.HeldBy("")),
            _ => ViewOf("8", SomeRecord.Released, uid: "another"),
        };
        _loans.Tell(["a"], new GroupInput.TimerFired(), later);
        GroupedLease second = Lend(later);

        Assert.Equal("5", second.Memory.View.Latest!.ResourceVersion);
        Assert.False(second.Memory.IsFree(Seen + TimeSpan.FromDays(1)));
    }

    [Fact]
    public void Lend_OneThatNeverCameBack_KeepsItsMemoryToItself()
    {
        GroupView view = ViewOf(5, SomeRecord.HeldBy("me"));
        GroupedLease first = Lend(view);
        first.Memory.Own.Confirmed(SomeRecord.HeldBy("me"));

        GroupedLease second = Lend(view);
        _loans.Return(first, view);

        Assert.NotSame(first.Memory, second.Memory);
        Assert.False(second.Memory.Own.Contains(view.Find("a")!.Lease));
        Assert.True(_loans.Subscribe(first, "5", view).Completion.IsCompleted);
        Assert.False(_loans.Subscribe(second, "5", view).Completion.IsCompleted);
    }

    private GroupedLease Lend(GroupView view) => _loans.Lend("a", memory => new GroupedLease("a", null!, memory, null!), view);

    private static GroupView ViewOf(long version, LeaseRecord? record) => ViewOf(Text(version), record);

    private static GroupView ViewOf(string version, LeaseRecord? record, string uid = "uid")
    {
        var view = new GroupView { ResourceVersion = version };
        if (record is null)
            return view;
        var lease = new Lease { ResourceVersion = version, Uid = uid, Record = record };
        return view with
        {
            Leases = ImmutableDictionary<string, GroupLease>.Empty.Add("a", new GroupLease("a", lease, Seen) { ChangedAt = Seen }),
        };
    }

    private static GroupView Proven(GroupView view) =>
        view with { Leases = view.Leases.SetItem("a", view.Find("a")! with { IsProvenDead = true }) };

    private static string Text(long version) => version.ToString(CultureInfo.InvariantCulture);
}
