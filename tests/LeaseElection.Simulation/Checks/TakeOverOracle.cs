using System.Globalization;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Simulation;

/// <summary>
/// Checks how take-overs without a release are counted, and that whoever takes over after three of them has waited for it where that is
/// asked
/// for. It knows them from what the server was sent.
/// </summary>
internal sealed class TakeOverOracle(World world)
{
    public const string Annotation = "term.leaseelection.dev/" + Key;
    private const string Key = "takeovers-without-release";

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Blink = TimeSpan.FromMilliseconds(1);

    /// <summary>Every version there was: since when, and what it said.</summary>
    private readonly List<(TimeSpan At, int Count)> _counts = [];

    /// <summary>When the term began that the lease tells of.</summary>
    private TimeSpan _began;

    /// <summary>What the present term was to say with its take-over, which was refused so, and says with a renewal.</summary>
    private int? _owed;

    /// <summary>How many take-overs had to wait longer than usual.</summary>
    public int Slowed { get; private set; }

    /// <summary>A version is stored, by whomever.</summary>
    public void Stored(Lease lease) => _counts.Add((world.Now, CountOn(lease)));

    /// <summary>The longest that all candidates may have waited beyond the usual since then.</summary>
    public TimeSpan LongestWaitSince(TimeSpan from)
    {
        int most = 0;
        for (int i = _counts.Count - 1; i >= 0; i--)
        {
            most = Math.Max(most, _counts[i].Count);
            if (_counts[i].At < from)
                break;
        }

        return LongestWait(most);
    }

    /// <summary>The longest that all candidates may wait beyond the usual from now on. A take-over may be under way.</summary>
    public TimeSpan LongestWait() => LongestWait(world.Server.Current is { } lease ? Math.Min(CountOn(lease), 1000) + 1 : 0);

    /// <summary>The server has carried out a write of one of ours.</summary>
    /// <param name="call">The write.</param>
    /// <param name="before">The version that it replaced.</param>
    /// <param name="after">What became of it.</param>
    /// <param name="age">How long ago an elector had written the version before.</param>
    public void Committed(Call call, Lease? before, Lease after, TimeSpan age)
    {
        SimProcess process = call.Process;
        if (world.Server.RestoredAt >= 0 || !after.Record.HasHolder)
            return;
        bool isRenewal = before?.Record.HolderIdentity == process.Identity && before.Record.AcquireTime == after.Record.AcquireTime;
        if (isRenewal)
            CheckRenewal(process, CountOn(before), CountOn(after));
        else
            CheckTakeOver(call, before, CountOn(after), age);
    }

    private void CheckTakeOver(Call call, Lease? before, int count, TimeSpan age)
    {
        SimProcess process = call.Process;
        _began = world.Now;
        bool isCounted = process.Settings.CountTakeOvers && before is { Record.HasHolder: true }
            && world.Scenario.Annotations == AnnotationFate.Kept;
        bool isOwn = before?.Record.HolderIdentity == process.Identity;
        bool isTampered = isOwn && world.Server.TamperedAt >= 0; // The process may take it for what it has written, or for another's.
        int had = CountOn(before);
        int expected = !isCounted ? 0 : isOwn || had == int.MaxValue ? had : had + 1;
        _owed = call.WasRefused ? expected : null;
        if (count != expected && !call.WasRefused && !(isTampered && count == had + 1))
            world.Oracle.Fail($"a lease says {count} take-overs without a release, and there were {expected}", process);
        if (!isCounted || isOwn || WaitAfter(had, process.Settings) is not { Ticks: > 0 } wait)
            return;
        Slowed++;
        TimeSpan least = (TimeSpan.FromSeconds(before!.Record.LeaseDurationSeconds ?? 0) + wait) / (1 + world.Scenario.RateError);
        if (age < least - Blink)
            world.Oracle.Fail(
                $"the lease was taken {age.TotalSeconds:0.0} s after it was last renewed, by a leader that was the {had}th in a row to die",
                process);
    }

    private void CheckRenewal(SimProcess process, int had, int count)
    {
        ElectorSettings settings = process.Settings;
        TimeSpan lasting = settings.LeaseDuration * 10;
        bool isForgotten = count == 0 && had > 0;
        // Of its own lease, edited or restored meanwhile, the process may not know that it is its own.
        if (_owed is { } owed && (count == owed || count == owed + 1))
            (had, _owed) = (count, null);
        if (isForgotten && (!settings.CountTakeOvers || world.Now - _began < (lasting / (1 + world.Scenario.RateError)) - Blink))
            world.Oracle.Fail("take-overs without a release were forgotten too early", process);
        else if (!isForgotten && count != had)
            world.Oracle.Fail($"a renewal made {count} take-overs without a release of {had}", process);
        TimeSpan well = world.Now - (process.Node.TroubledUntil > _began ? process.Node.TroubledUntil : _began);
        TimeSpan most = ((lasting + (settings.RenewInterval * 5) + (settings.RetryPeriod * 4)) / (1 - world.Scenario.RateError))
            + TimeSpan.FromSeconds(5);
        if (count > 0 && settings.CountTakeOvers && well > most)
            world.Oracle.Fail("take-overs without a release are not forgotten by a term that has lasted", process);
    }

    private TimeSpan LongestWait(int count)
    {
        Scenario scenario = world.Scenario;
        TimeSpan wait = WaitAfter(count, scenario.Settings);
        TimeSpan other = scenario.OtherSettings is { } settings ? WaitAfter(count, settings) : TimeSpan.Zero;
        return (wait > other ? wait : other) / (1 - scenario.RateError);
    }

    /// <summary>One lease after three, twice as long after each one more, five minutes at most.</summary>
    private static TimeSpan WaitAfter(int count, ElectorSettings settings)
    {
        if (settings is not { CountTakeOvers: true, TakeOverBackoff: true } || count < 3)
            return TimeSpan.Zero;
        TimeSpan wait = settings.LeaseDuration;
        for (int i = 3; i < count && wait < Longest; i++)
            wait += wait;
        return wait < Longest ? wait : Longest;
    }

    private int CountOn(Lease? lease) =>
        int.TryParse(world.Oracle.Notes.OfTerm(lease, Key), NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count : 0;
}
