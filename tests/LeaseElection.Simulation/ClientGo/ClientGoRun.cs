namespace LeaseElection.Simulation;

/// <summary>Puts client-go's algorithm into a situation, once.</summary>
internal static class ClientGoRun
{
    /// <summary>How long the healthy network is watched, in the one row in which nothing goes wrong.</summary>
    public static readonly TimeSpan Healthy = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Never = TimeSpan.FromHours(1);

    public static LeaseRun Play(LeaseCase situation, int seed)
    {
        ClientGoConfig config = situation.Config;
        var place = new ClientGoWorld(config, situation.Latency, seed);
        World world = place.World;
        if (situation.Fault == LeaseFault.None)
        {
            world.RunFor(Healthy);
        }
        else
        {
            // Long enough for the standbys to poll at phases that have nothing to do with each other, nor with those of the leader.
            world.RunFor((config.RetryPeriod * 20) + world.Upto(config.RetryPeriod * 4));
            Strike(place, situation);
            world.RunFor(config.LeaseDuration + (config.RenewDeadline * 2) + (config.RetryPeriod * 6) + situation.LateReply);
        }

        place.Look();
        return new LeaseRun(place.Work);
    }

    private static void Strike(ClientGoWorld place, LeaseCase situation)
    {
        ClientGoNode first = place.First;
        switch (situation.Fault)
        {
            case LeaseFault.Hang:
                first.Committed = () =>
                {
                    first.Link.SlowRequest = Never; // Not a cut, which would lose the reply that is under way.
                    first.Link.SlowReply = situation.LateReply;
                };
                break;
            case LeaseFault.LeaseDeleted:
                place.World.Server.Delete();
                break;
            case LeaseFault.HolderCleared:
                place.World.Server.Edit(record => record with { HolderIdentity = "" });
                break;
            case LeaseFault.WallClockStuck:
                first.Clock.StickWall();
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(situation), situation.Fault, "No such fault.");
        }
    }
}
