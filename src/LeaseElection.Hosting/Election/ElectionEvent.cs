using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Election;

/// <summary>What the core tells people: the loop turns each into a log line.</summary>
internal abstract record ElectionEvent
{
    private ElectionEvent()
    {
    }

    public sealed record BecameLeader(TermFacts Term) : ElectionEvent;

    /// <summary>The resource version is no number, or smaller than one seen before: the term has no fencing token.</summary>
    public sealed record NoFencingToken(string ResourceVersion) : ElectionEvent;

    /// <summary>Another process was seen to hold the lease; <see langword="null"/>: nobody does.</summary>
    public sealed record HolderChanged(string? HolderIdentity) : ElectionEvent;

    public sealed record HolderProvenDead(string HolderIdentity) : ElectionEvent;

    /// <summary>The holder took over from one that released nothing, as others did before it: the work may kill whoever leads.</summary>
    /// <param name="InARow">How many such take-overs there were.</param>
    /// <param name="HolderIdentity">Who holds the lease now.</param>
    /// <param name="Wait">
    /// By how much longer than usual the next take-over waits, if that one dies too; <see langword="null"/>: no longer.
    /// </param>
    public sealed record LeadersDied(int InARow, string HolderIdentity, TimeSpan? Wait) : ElectionEvent;

    /// <summary>A process that is not this one holds the lease under this process's identity.</summary>
    public sealed record IdentityInUse : ElectionEvent;

    public sealed record Renewed(TimeSpan Took) : ElectionEvent;

    /// <param name="Error">Why.</param>
    /// <param name="InARow">1 for the first failure after a success.</param>
    /// <param name="Left">Until the renew deadline.</param>
    public sealed record RenewalFailed(LeaseStoreError Error, int InARow, TimeSpan Left) : ElectionEvent;

    /// <summary>Renewals fail, and half of the time of the term is gone. <paramref name="Left"/>: until the renew deadline.</summary>
    public sealed record TermInDanger(TimeSpan Left) : ElectionEvent;

    /// <summary>A standby could not read or take the lease.</summary>
    public sealed record StoreFailed(LeaseStoreError Error, int InARow) : ElectionEvent;

    /// <summary>The first success after failures.</summary>
    public sealed record StoreRecovered(int Failures) : ElectionEvent;

    public sealed record Draining(StopReason Reason) : ElectionEvent;

    public sealed record LeadershipLost(StopReason Reason, string? HolderIdentity) : ElectionEvent;

    public sealed record WorkReturned(int Work) : ElectionEvent;

    /// <summary>One piece of work ended as it should, the term being over, before it had been told to.</summary>
    public sealed record WorkEnded(int Work) : ElectionEvent;

    /// <param name="Work">Which piece.</param>
    /// <param name="Exception">What it threw.</param>
    /// <param name="Policy">What follows; <see langword="null"/> when work was being stopped already.</param>
    public sealed record WorkFaulted(int Work, Exception Exception, WorkEndPolicy? Policy) : ElectionEvent;

    /// <summary>Work still runs and another process may lead.</summary>
    public sealed record WorkOverran(TimeSpan StopTimeout) : ElectionEvent;

    /// <summary>Work that had overrun ended after all.</summary>
    public sealed record OverrunEnded : ElectionEvent;

    public sealed record Released : ElectionEvent;

    /// <summary>The lease could not be given up: the others wait until it expires.</summary>
    public sealed record NotReleased(LeaseStoreError? Error) : ElectionEvent;

    /// <summary>
    /// The core stands no more: whoever it stood for has no more time, or time does not help. <paramref name="Error"/>: what the store said
    /// last; <see langword="null"/>, that somebody else holds the lease.
    /// </summary>
    public sealed record GaveUp(LeaseStoreError? Error) : ElectionEvent;

    public sealed record StandsAgainIn(TimeSpan Pause) : ElectionEvent;

    /// <summary>The lease may not be watched: polling instead.</summary>
    public sealed record WatchDenied(LeaseStoreError Error) : ElectionEvent;

    public sealed record WatchRestored : ElectionEvent;

    /// <summary>A watch broke (<paramref name="Error"/>) or fell silent (<see langword="null"/>); a new one follows.</summary>
    public sealed record WatchLost(LeaseStoreError? Error) : ElectionEvent;

    /// <summary>A renewal that said so many notes is confirmed.</summary>
    public sealed record NotesWritten(int Count) : ElectionEvent;

    /// <summary>The store refused a renewal or a take-over that said these notes, and took one without them.</summary>
    public sealed record NotesRefused(IReadOnlyList<string> Keys, LeaseStoreError Error) : ElectionEvent;

    /// <summary>The wall clock ran ahead: the machine may have been paused.</summary>
    public sealed record ClockJumped(TimeSpan By) : ElectionEvent;
}
