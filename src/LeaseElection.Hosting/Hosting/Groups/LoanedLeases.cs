using System.Threading.Channels;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Groups;

/// <summary>
/// The leases of a group that electors of this process stand for, now or earlier: what is remembered of each, and who is to be told of
/// changes. Called under the lock of its <see cref="LeaseGroupWatch"/>, so that nothing happens between a look and what follows from it.
/// </summary>
internal sealed class LoanedLeases
{
    private readonly Dictionary<string, Loan> _loans = new(StringComparer.Ordinal);

    /// <summary>An elector begins to stand: from here on the memory is its own.</summary>
    public GroupedLease Lend(string name, Func<LeaseMemory, GroupedLease> open, GroupView view)
    {
        // One that never came back (its store hung) keeps its memory. The next elector knows nothing of its writes, and waits.
        if (!_loans.TryGetValue(name, out Loan? loan) || loan.Borrower is not null)
            _loans[name] = loan = new Loan(new LeaseMemory());
        CatchUp(name, loan.Memory, view);
        return loan.Borrower = open(loan.Memory);
    }

    /// <summary>An elector has ended: from here on this tells its memory what happens.</summary>
    public void Return(GroupedLease lease, GroupView view)
    {
        if (!_loans.TryGetValue(lease.Name, out Loan? loan) || loan.Borrower != lease)
            return;
        loan.Borrower = null;
        loan.Told?.Writer.TryComplete();
        loan.Told = null;
        CatchUp(lease.Name, loan.Memory, view);
    }

    public ChannelReader<LeaseGroupEvent> Subscribe(GroupedLease lease, string resourceVersion, GroupView view)
    {
        var told = Channel.CreateUnbounded<LeaseGroupEvent>(new UnboundedChannelOptions { SingleReader = true });
        if (!_loans.TryGetValue(lease.Name, out Loan? loan) || loan.Borrower != lease)
        {
            told.Writer.Complete();
            return told.Reader;
        }

        loan.Told?.Writer.TryComplete();
        loan.Told = told;
        if (!view.IsComplete && ResourceVersion.TryNumber(resourceVersion, out _))
            return told.Reader; // What the first list tells is told then.
        string known = view.Find(lease.Name)?.Lease.ResourceVersion ?? view.ResourceVersion;
        switch (ResourceVersion.Compare(known, resourceVersion))
        {
            case null:
                // Versions that are no numbers have no order: what is known here may be what was before. The elector reads, until this
                // knows the very version that was read.
                told.Writer.Complete(new LeaseWatchException(new LeaseStoreError(
                    LeaseStoreErrorKind.Gone, $"Whether '{known}' came before '{resourceVersion}' is not known.")));
                break;
            case > 0 when NewsOf(lease.Name, view) is { } news:
                told.Writer.TryWrite(news);
                break;
        }

        // Told before he listened, perhaps. One of a version that he has not seen is nothing to him.
        if (view.Find(lease.Name) is { IsProvenDead: true } dead)
            told.Writer.TryWrite(new LeaseGroupEvent.HolderDead(lease.Name, dead.Lease.ResourceVersion));
        return told.Reader;
    }

    public void Tell(IReadOnlyList<string> touched, GroupInput input, GroupView view)
    {
        LeaseGroupEvent? happened = (input as GroupInput.Watched)?.Event;
        var dead = happened as LeaseGroupEvent.HolderDead;
        foreach (string name in touched)
        {
            if (!_loans.TryGetValue(name, out Loan? loan))
                continue;
            if (loan.Borrower is not null && (dead ?? NewsOf(name, view)) is { } news)
                loan.Told?.Writer.TryWrite(news);
            else if (loan.Borrower is null && dead is not null)
                loan.Memory.View.ProveDead(dead.ResourceVersion);
            else if (loan.Borrower is null)
                CatchUp(name, loan.Memory, view);
        }

        if (happened is not LeaseGroupEvent.Bookmark bookmark)
            return;
        foreach (Loan loan in _loans.Values)
            loan.Told?.Writer.TryWrite(bookmark);
    }

    private static LeaseGroupEvent? NewsOf(string name, GroupView view)
    {
        if (view.Find(name) is { } known)
            return new LeaseGroupEvent.Changed(name, known.Lease);
        return view.IsComplete ? new LeaseGroupEvent.Gone(name, view.ResourceVersion) : null;
    }

    /// <summary>
    /// Tells a memory that nobody uses the newest version, as of when its record was seen to change. Not that it is gone or was made anew,
    /// nor that somebody has emptied it: the next elector's look finds that, and waits for whoever may have held it until then.
    /// </summary>
    private static void CatchUp(string name, LeaseMemory memory, GroupView view)
    {
        if (view.Find(name) is not { } known)
            return;
        if ((known.Lease.Record.IsHeld || LeaseView.IsRelease(known.Lease.Record))
            && (memory.View.Latest?.Uid ?? known.Lease.Uid) == known.Lease.Uid)
            memory.View.Observe(known.Lease, known.ChangedAt, newest: false, memory.Own.Contains(known.Lease));
        if (known.IsProvenDead)
            memory.View.ProveDead(known.Lease.ResourceVersion);
    }

    private sealed class Loan(LeaseMemory memory)
    {
        public LeaseMemory Memory => memory;

        public GroupedLease? Borrower { get; set; }

        public Channel<LeaseGroupEvent>? Told { get; set; }
    }
}
