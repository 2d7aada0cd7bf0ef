using LeaseElection.Hosting.Election;

namespace LeaseElection.Simulation;

/// <summary>
/// What no lease can prevent. Each excuse is as narrow as the reason behind it, because every one is a hole in the proof;
/// docs/guarantees.md lists the same ones for users.
/// </summary>
internal static class Excuse
{
    /// <summary>Why the work of an older term may still run when a newer one begins; <see langword="null"/>: no reason.</summary>
    public static string? ForWork(World world, SimWork older)
    {
        SimProcess process = older.Process;
        TimeSpan now = process.Monotonic;
        bool isOverdue = now >= older.EndsBy;
        if (isOverdue && (process.IsFrozen || process.Node.TimersStuckUntil >= world.Now))
            return "its process is frozen";
        if (process.ResumedAt > older.Term.Validity.Deadline - SimWatchdog.Tick)
            return "its process was frozen, or its machine suspended, until about the time when it had to stop";
        if (isOverdue && older.WasStuck)
            return "its timers were stuck when it had to stop";
        if (isOverdue && older.Disobeys)
            return "its work does not obey";
        if (isOverdue && process.ResumedAt > older.ToldAt)
            return "its process was frozen while it stopped";
        if (process.Node.Stuns.Exists(stun => stun.At >= older.ProofSentAt))
            return "its machine was stunned";
        return ForTerm(world, older);
    }

    /// <summary>Why an older term may still believe to be held when a newer one is.</summary>
    public static string? ForTerm(World world, SimWork older)
    {
        SimProcess process = older.Process;
        if (IsStunnedUnknown(world, older))
            return "its machine was stunned, and no clock has told it";
        if (world.Server.RestoredAt > older.Began || world.Server.ReusedAt >= older.Began || IsRestoreRemembered(world))
            return "etcd was restored from a backup, and the same versions or records came again";
        if (world.Server.TamperedAt > older.Began && world.Scenario.Faults.Contains(FaultKind.StaleRead))
            return "somebody edited or deleted the lease while reads were stale, which those of an API server are not";
        if (world.Server.ForgedReleaseAt > older.Began)
            return "somebody emptied the holder of a lease of one second, as a release does";
        if (process.Truth.BypassedAt > older.Began)
            return "somebody edited or deleted the lease, and the newer leader, or one before it, could not know of the older";
        return null;
    }

    /// <summary>A standby may remember a record from before the restore, and take its return for no news.</summary>
    private static bool IsRestoreRemembered(World world) =>
        world.Server.RestoredInTruth is { } restored && world.Now - restored < TimeSpan.FromSeconds(world.Server.LongestDuration * 3);

    /// <summary>A process may notice a stun by its wall clock, once that was set right, if it lasted for more than the tolerance.</summary>
    private static bool IsStunnedUnknown(World world, SimWork older)
    {
        List<Stun> stuns = older.Process.Node.Stuns.FindAll(stun => stun.At >= older.ProofSentAt);
        if (stuns.Count == 0)
            return false;
        var known = new TimeSpan(stuns.Sum(stun => stun.Corrected.Ticks));
        return stuns.Exists(stun => stun.Corrected == TimeSpan.Zero)
            || known <= TermValidity.JumpTolerance
            || world.Scenario.Faults.Any(fault => fault is FaultKind.WallClockStepped or FaultKind.WallClockStuck);
    }
}
