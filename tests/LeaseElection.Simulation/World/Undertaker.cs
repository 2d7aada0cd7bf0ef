using LeaseElection.Hosting.Leases;

namespace LeaseElection.Simulation;

/// <summary>
/// Proves to the others that the holder of the lease is dead, as the file store does. What it says is true, and comes as such news does:
/// late, more than once, in no order with what is watched and read, and often when somebody else has long taken over.
/// </summary>
internal sealed class Undertaker(World world)
{
    private const int MostProofs = 3;

    /// <summary>A process has ended, however. Only of the version that it wrote as holder is there anything to say.</summary>
    public void Bury(SimProcess process)
    {
        Server server = world.Server;
        if (!world.Scenario.ProvesDeath || server.Current is not { } lease || lease.Record.HolderIdentity != process.Identity
            || server.OriginOf(lease) < 0)
            return;
        TimeSpan? restored = server.RestoredInTruth;
        foreach (Node node in world.Nodes)
        {
            for (int proofs = 1 + world.Random.Next(MostProofs); proofs > 0; proofs--)
            {
                world.In(Late(), () =>
                {
                    if (server.RestoredInTruth == restored) // Versions mean something else afterwards.
                        node.Process?.HearUnordered(new LeaseEvent.HolderDead(lease.ResourceVersion));
                });
            }
        }
    }

    private TimeSpan Late() => world.Random.Next(3) switch
    {
        0 => world.Latency(),
        1 => world.Upto(TimeSpan.FromSeconds(1)),
        _ => world.Upto(world.Scenario.Settings.LeaseDuration * 2),
    };
}
