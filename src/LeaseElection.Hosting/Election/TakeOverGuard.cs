using System.Globalization;
using LeaseElection.Hosting.Election.Notes;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Election;

/// <summary>
/// Work that kills its process walks through all replicas, again and again. A take-over from a holder that gave nothing up says with its
/// own write how many there were in a row; from the third on operators are told, and where they asked for it the next one waits longer
/// (design 5, rule 18).
/// </summary>
internal sealed class TakeOverGuard(ElectorSettings settings, ElectionTurn turn, LeaseMemory memory)
{
    /// <summary>
    /// The note that says it. It is one of the term, so what it said of a term is gone with that: after a release, and after whoever took
    /// over and does not count.
    /// </summary>
    public const string Key = "takeovers-without-release";

    /// <summary>From here on the work is suspected. Two in a row may be one node that died, and the next by the same blow.</summary>
    public const int Suspicious = 3;

    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    /// <summary>A term that has lasted for so many leases was not killed by its work at once.</summary>
    private const int Lasting = 10;

    private Lease? _seen;
    private int _count;
    private (string? Holder, DateTimeOffset? Since, int Count) _told;
    private TermFacts? _held;
    private TimeSpan _forgetAt;
    private bool _isForgetting;

    /// <summary>
    /// Until when the holder is waited for, although it may be proven dead; in the past: no longer than others are. What this process holds
    /// itself has killed nobody.
    /// </summary>
    public TimeSpan Until
    {
        get
        {
            if (!settings.TakeOverBackoff || Count < Suspicious || memory is { IsOurs: true } or { View.RenewalSeenAt: null })
                return TimeSpan.MinValue;
            LeaseView view = memory.View;
            return view.RenewalSeenAt!.Value + TimeSpan.FromSeconds(view.Latest!.Record.LeaseDurationSeconds ?? 0) + WaitAfter(Count);
        }
    }

    /// <summary>How many there were in a row, the present term's included, as far as the lease says.</summary>
    private int Count
    {
        get
        {
            if (!settings.CountTakeOvers)
                return 0;
            if (!ReferenceEquals(_seen, memory.View.Latest))
                (_seen, _count) = (memory.View.Latest, CountOf(NoteAnnotations.ReadOfTerm(memory.View.Latest, Key)));
            return _count;
        }
    }

    /// <summary>What a note says that anybody may have edited: a whole number that is not negative, or nothing.</summary>
    public static int CountOf(string? note) =>
        int.TryParse(note, NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count : 0;

    /// <summary>Looks at the newest version that was seen.</summary>
    /// <param name="held">The term that is held; <see langword="null"/> for none.</param>
    public void Look(TermFacts? held)
    {
        if (!ReferenceEquals(held, _held))
            (_held, _forgetAt) = (held, turn.Instant + (settings.LeaseDuration * Lasting));
        if (Count < Suspicious)
            return;
        LeaseRecord record = memory.View.Latest!.Record;
        if (_told == (record.HolderIdentity, record.AcquireTime, Count))
            return;
        _told = (record.HolderIdentity, record.AcquireTime, Count);
        turn.Report(new ElectionEvent.LeadersDied(Count, record.HolderIdentity!, settings.TakeOverBackoff ? WaitAfter(Count) : null));
    }

    /// <summary>What a take-over that is about to be sent says; <see langword="null"/>: nothing.</summary>
    public string? SaidByTakeOver()
    {
        if (!settings.CountTakeOvers || memory.Holder is null)
            return null;
        int count = memory.IsOurs || Count == int.MaxValue ? Count : Count + 1;
        return count > 0 ? count.ToString(CultureInfo.InvariantCulture) : null;
    }

    /// <summary>Whether a renewal that is about to be sent takes the note away.</summary>
    public bool IsForgottenByRenewal() => _isForgetting = Count > 0 && turn.Instant >= _forgetAt;

    /// <summary>A renewal was refused, or nobody knows what became of it. The note must not cost the term.</summary>
    public void RenewalFailed()
    {
        if (_isForgetting)
            _forgetAt = turn.Instant + (settings.LeaseDuration * Lasting);
    }

    /// <summary>By how much longer than usual the next take-over waits: one lease, and twice as long each time.</summary>
    private TimeSpan WaitAfter(int count)
    {
        TimeSpan wait = settings.LeaseDuration * Math.Pow(2, Math.Min(count - Suspicious, 16));
        return wait < LongestWait ? wait : LongestWait;
    }
}
