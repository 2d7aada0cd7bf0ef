using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Simulation;

/// <summary>What is true of one process, as the oracle follows it: what it has proven, seen, and sent.</summary>
internal sealed class ProcessTruth(World world, SimProcess process)
{
    private readonly Dictionary<string, int> _seen = [];
    private int _newest = -1;
    private LeaseRecord? _sawHeld;

    /// <summary>
    /// When it sent the first write that bore the whole second that the lease bears, on the monotonic clock: client-go counts from there.
    /// </summary>
    public TimeSpan SecondSince { get; set; } = TimeSpan.MinValue;

    /// <summary>The s + D of the newest write of ours that the server confirmed, on the monotonic clock: nothing is held beyond.</summary>
    public TimeSpan Proof { get; private set; } = TimeSpan.MinValue;

    /// <summary>When that write was sent, in truth.</summary>
    public TimeSpan ProofSentAt { get; private set; } = TimeSpan.MinValue;

    /// <summary>Whether it was told of a renewal that did not succeed, and of none since that did.</summary>
    public bool HasFailedToRenew { get; private set; }

    /// <summary>Whether the server has refused our last write, and not for its version.</summary>
    public bool WasRefused { get; private set; }

    /// <summary>The number of the newest version that the server took from us.</summary>
    public int LastCommit { get; set; } = -1;

    /// <summary>The number of the change by which it last took or gave up the lease.</summary>
    public int TookAt { get; set; } = -1;

    /// <summary>
    /// The number of the change by which another took the lease in good faith, because of what a person had done to it. Those who follow
    /// trust that one.
    /// </summary>
    public int BypassedAt { get; set; } = -1;

    /// <summary>
    /// The number of the last change by which a person laid hands on the lease, and it was not warned: it had not found it held at its last
    /// look, or somebody had done so since. Else it knows that there was a holder, whoever that was by then, and waits. An edited duration
    /// deceives who has not seen the term. Whoever starts has seen nothing.
    /// </summary>
    public int UnwarnedAt { get; private set; } = world.Server.TamperedAt;

    /// <summary>How many requests it has sent and watches it has opened.</summary>
    public int SentInAll { get; set; }

    /// <summary>How many of them were writes.</summary>
    public int WritesSent { get; set; }

    /// <summary>When the requests of late were sent, in truth.</summary>
    public Queue<TimeSpan> Requests { get; } = [];

    /// <summary>The newest version with this holder that was seen.</summary>
    public int Seen(string identity) => _seen.GetValueOrDefault(identity, -1);

    /// <summary>A person lays hands on the lease.</summary>
    /// <param name="before">The number of the change by which somebody did so before.</param>
    /// <param name="after">What it is like then; <see langword="null"/>: gone.</param>
    public void Tampered(int before, LeaseRecord? after)
    {
        bool isWarned = _sawHeld is { } seen && _newest >= before
            && (after is not { IsHeld: true } || (seen.HolderIdentity, seen.AcquireTime) == (after.HolderIdentity, after.AcquireTime));
        if (!isWarned)
            UnwarnedAt = world.Server.Changes;
    }

    /// <summary>The core is about to be told of something.</summary>
    /// <param name="input">Of what.</param>
    /// <param name="call">The request that it is the answer to, if it is one.</param>
    public void Heard(ElectionInput input, Call? call)
    {
        if (call is { IsCommitted: true, IsWrite: true } && input is ElectionInput.WriteSucceeded)
        {
            TimeSpan proof = call.ProvesFrom + process.Settings.RenewDeadline;
            if (proof > Proof)
                (Proof, ProofSentAt) = (proof, call.SentInTruth);
            HasFailedToRenew &= proof < Proof;
        }

        WasRefused |= IsRefusal(input); // Before the core sends another at once.
        HasFailedToRenew |= process.Term is not null
            && input is ElectionInput.ReadFailed or ElectionInput.WriteFailed
                or ElectionInput.WriteUnknown or ElectionInput.WriteConflicted;

        Lease? seen = input switch
        {
            ElectionInput.ReadFound found => found.Lease,
            ElectionInput.WriteSucceeded written => written.Lease,
            ElectionInput.Watched { Event: LeaseEvent.Changed changed } => changed.Lease,
            _ => null,
        };
        if (input is ElectionInput.ReadAbsent or ElectionInput.Watched { Event: LeaseEvent.Deleted })
            _sawHeld = null;
        if (seen is null || world.Server.NumberOf(seen) <= _newest)
            return; // A watch that is rewound tells nothing.
        _sawHeld = seen.Record.IsHeld ? seen.Record : null;
        _newest = world.Server.NumberOf(seen);
        if (seen.Record.HolderIdentity is { } holder && holder != process.Identity)
            _seen[holder] = Math.Max(Seen(holder), world.Server.OriginOf(seen));
    }

    /// <summary>The core has been told, and what it put out is done.</summary>
    public void HasHandled(ElectionInput input)
    {
        if (input is ElectionInput.WriteSucceeded or ElectionInput.WriteFailed or ElectionInput.WriteConflicted
            or ElectionInput.WriteUnknown)
            WasRefused = IsRefusal(input);
    }

    private static bool IsRefusal(ElectionInput input) =>
        input is ElectionInput.WriteFailed { Error.Kind: LeaseStoreErrorKind.Forbidden or LeaseStoreErrorKind.Rejected };
}
