using LeaseElection.Hosting.Leases;

namespace LeaseElection.Simulation;

/// <summary>
/// Whoever takes a lease has waited for its holder: ours for each other and for client-go, and client-go for ours, who must see that we
/// are alive by what we write. Knows the true time, the server, and who is who.
/// </summary>
internal sealed class Neighbours(World world)
{
    /// <summary>An elector's write is about to be carried out.</summary>
    public void Writes(Lease? before, LeaseRecord record, TimeSpan age)
    {
        if (before?.Record is not { HasHolder: true } old || !record.HasHolder || record.HolderIdentity == old.HolderIdentity
            || world.Server is not { TamperedAt: < 0, RestoredAt: < 0 })
            return;
        TimeSpan least = TimeSpan.FromSeconds(old.LeaseDurationSeconds ?? 0) / (1 + world.Scenario.RateError);
        if (age >= least - TimeSpan.FromMilliseconds(1) || !IsAlive(old.HolderIdentity!))
            return;
        ClientGoElector? holder = ElectorOf(old.HolderIdentity!);
        ClientGoElector? taker = ElectorOf(record.HolderIdentity!);
        if (holder is null && taker is not null && ExcuseForTaking(taker) is { } excuse)
        {
            world.Oracle.NoteExcuse(excuse, taker);
            return;
        }

        string taken = $"{record.HolderIdentity} took the lease from {old.HolderIdentity}, who wrote it {age.TotalSeconds:0.000} s before";
        if (holder is null || taker is null)
        {
            world.Oracle.Fail(taken, null);
            return;
        }

        holder.IsRobbed = true;
        world.Oracle.NoteExcuse("client-go took the lease from a living client-go", holder);
    }

    /// <summary>
    /// Why client-go may have taken the lease from one of ours that lives; <see langword="null"/>: no reason. It did not look for so long
    /// that a whole second may have come back, and one did: after a lease, or ten seconds, or sooner where wall clocks are set
    /// meanwhile; never within the lease.
    /// </summary>
    public string? ExcuseForTaking(ClientGoElector taker)
    {
        bool isClockSet = world.Faults[FaultKind.WallClockStepped] + world.Faults[FaultKind.WallClockStuck] > 0;
        double least = isClockSet ? taker.TakenLease : Math.Max(taker.TakenLease, 10);
        return taker.Overlooked >= TimeSpan.FromSeconds(least) * ((1 - world.Scenario.RateError) / (1 + world.Scenario.RateError) * 0.9)
            && taker.TakenLease > 0 ? "client-go did not look for longer than a lease, and found the same whole second as before" : null;
    }

    /// <summary>Why client-go's work may still run when a term of ours begins; <see langword="null"/>: no reason.</summary>
    public static string? ExcuseFor(ClientGoElector older) =>
        older.IsGivingUp ? "client-go gives the lease up, or tries to, before it tells its work"
        : older.IsRobbed ? "another client-go had taken the lease from a living client-go, and we took it from that one"
        : null;

    private bool IsAlive(string identity) =>
        ElectorOf(identity) is not null
            || world.Nodes.Any(node => node.Process is { IsDead: false } process && process.Identity == identity);

    private ClientGoElector? ElectorOf(string identity) =>
        world.ClientGo.FirstOrDefault(node => node.Elector?.Identity == identity)?.Elector;
}
