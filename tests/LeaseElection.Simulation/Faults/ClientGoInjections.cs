namespace LeaseElection.Simulation;

/// <summary>What goes wrong at a machine on which client-go runs: what costs it the lease at most, but no safety of its own.</summary>
internal sealed class ClientGoInjections(World world)
{
    public static readonly IReadOnlyList<FaultKind> Kinds =
    [
        FaultKind.Kill, FaultKind.ShutDown, FaultKind.Partition, FaultKind.ConnectionRefused, FaultKind.LostReply, FaultKind.SlowRequest,
        FaultKind.WallClockStepped,
    ];

    public void Inject(FaultKind kind, ClientGoNode node, TimeSpan time)
    {
        switch (kind)
        {
            case FaultKind.Kill:
                node.Kill();
                break;
            case FaultKind.ShutDown:
                node.ShutDown();
                break;
            case FaultKind.Partition:
                For(time, () => node.Link.IsCut = true, () => node.Link.IsCut = false);
                break;
            case FaultKind.ConnectionRefused:
                For(time, () => node.Link.IsRefused = true, () => node.Link.IsRefused = false);
                break;
            case FaultKind.LostReply:
                node.Link.LostReplies = 1 + world.Random.Next(3);
                break;
            case FaultKind.SlowRequest:
                For(time, () => node.Link.SlowRequest = time, () => node.Link.SlowRequest = TimeSpan.Zero);
                break;
            case FaultKind.WallClockStepped:
                node.Clock.StepWall(Injections.Step(world));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not at a machine of client-go.");
        }
    }

    private void For(TimeSpan time, Action begin, Action end)
    {
        begin();
        world.In(time, end);
    }
}
