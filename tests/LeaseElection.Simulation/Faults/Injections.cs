using LeaseElection.Hosting.Leases;

namespace LeaseElection.Simulation;

/// <summary>What each kind of fault does to a node, or to all, for a while. Every fault ends by itself.</summary>
internal sealed class Injections(World world)
{
    private readonly PeopleInjections _people = new(world);

    public void Inject(FaultKind kind, Node node, TimeSpan time)
    {
        switch (kind)
        {
            case FaultKind.Kill:
                world.Trouble(node, node.RestartPause = time);
                node.Kill();
                break;
            case FaultKind.ShutDown:
                node.RestartPause = time;
                node.Process?.ShutDown();
                node.ShutDown();
                break;
            case FaultKind.StepDown:
                node.Process?.StepDown();
                break;
            case FaultKind.Freeze:
                Freeze(node, time, TimeSpan.Zero);
                break;
            case FaultKind.Suspend:
                Freeze(node, time, time);
                break;
            case FaultKind.Stun:
                Stun(node, time);
                break;
            case FaultKind.StarvedPool:
                node.StarvedUntil = Later(node.StarvedUntil, world.Now + time);
                world.Trouble(node, time + TimeSpan.FromSeconds(1));
                break;
            case FaultKind.TimersStuck:
                node.TimersStuckUntil = Later(node.TimersStuckUntil, world.Now + time);
                world.Trouble(node, time + TimeSpan.FromSeconds(1));
                break;
            case FaultKind.TimersEarly:
                For(node, time, isTrouble: false, () => node.TimersEarly = 0.1, () => node.TimersEarly = 0);
                break;
            case FaultKind.TimersLate:
                world.Trouble(node, time + TimeSpan.FromSeconds(6));
                For(node, time, isTrouble: true, () => node.TimersLate = TimeSpan.FromSeconds(3), () => node.TimersLate = TimeSpan.Zero);
                break;
            case FaultKind.ClockRateChanged:
                node.Clock.SetRate(world.Rate());
                break;
            case FaultKind.WallClockStepped:
                node.Clock.StepWall(Step(world));
                node.Process?.Watchdog.LookSoon();
                break;
            case FaultKind.WallClockStuck:
                // For good, in a mixed fleet: client-go must see that a leader lives by whatever that writes meanwhile.
                TimeSpan stuck = world.ClientGo.Count > 0 ? world.Scenario.HealedAt - world.Now : time;
                For(node, stuck, isTrouble: false, node.Clock.StickWall, node.Clock.FreeWall);
                break;
            default:
                InjectOutside(kind, node, time);
                break;
        }
    }

    /// <summary>By how much somebody sets a wall clock.</summary>
    public static TimeSpan Step(World world) =>
        TimeSpan.FromSeconds(Math.Pow(10, world.Random.Next(-1, 5)) * (world.Random.Next(2) == 0 ? 1 : -1));

    private void InjectOutside(FaultKind kind, Node node, TimeSpan time)
    {
        Link link = node.Link;
        switch (kind)
        {
            case FaultKind.Partition:
                For(
                    node, time, isTrouble: true, () => link.IsCut = true, () => link.IsCut = false,
                    () => world.Server.SilenceWatches(node));
                break;
            case FaultKind.ConnectionRefused:
                For(node, time, isTrouble: true, () => link.IsRefused = true, () => link.IsRefused = false);
                world.Server.BreakWatches(LeaseStoreErrorKind.Network, node);
                break;
            case FaultKind.LostReply:
                link.LostReplies = 1 + world.Random.Next(3);
                break;
            case FaultKind.SlowReply:
                For(node, time, isTrouble: true, () => link.SlowReply = time, () => link.SlowReply = TimeSpan.Zero);
                break;
            case FaultKind.SlowRequest:
                For(node, time, isTrouble: true, () => link.SlowRequest = time, () => link.SlowRequest = TimeSpan.Zero);
                break;
            case FaultKind.LateCommit:
                For(node, time, isTrouble: true, () => link.LateCommit = time, () => link.LateCommit = TimeSpan.Zero);
                break;
            case FaultKind.DuplicateDelivery:
                link.Replays = 1 + world.Random.Next(3);
                break;
            case FaultKind.Throttled:
                Answers(node, time, new LeaseStoreError(LeaseStoreErrorKind.Throttled, "429") { RetryAfter = RetryAfter() });
                break;
            case FaultKind.Unauthorized:
                Answers(node, time, new LeaseStoreError(LeaseStoreErrorKind.Unauthorized, "401"));
                break;
            case FaultKind.Forbidden:
                Answers(node, time, new LeaseStoreError(LeaseStoreErrorKind.Forbidden, "403"));
                break;
            case FaultKind.ServerError:
                Answers(node, time, new LeaseStoreError(LeaseStoreErrorKind.ServerError, "503"));
                break;
            case FaultKind.CommittedServerError:
                link.AnswerCommits = true;
                Answers(node, time, new LeaseStoreError(LeaseStoreErrorKind.ServerError, "504"));
                break;
            case FaultKind.GarbledAnswer:
                link.AnswerCommits = true;
                Answers(node, time, new LeaseStoreError(LeaseStoreErrorKind.InvalidResponse, "truncated"));
                break;
            case FaultKind.ServerRestart:
                For(null, Shorter(time, 4), isTrouble: true, () => world.Server.IsDown = true, () => world.Server.IsDown = false);
                world.Server.BreakWatches(LeaseStoreErrorKind.Network);
                break;
            case FaultKind.Outage:
                foreach (Node each in world.Nodes)
                    Answers(each, time, new LeaseStoreError(LeaseStoreErrorKind.ServerError, "503"));
                break;
            case FaultKind.StaleRead:
                For(node, time, isTrouble: true, () => link.StaleReads = 20, () => link.StaleReads = 0);
                break;
            case FaultKind.EtcdCompaction:
                world.Server.Compact();
                break;
            case FaultKind.EtcdRestored:
                world.Server.Restore(1 + world.Random.Next(10));
                world.Trouble(null, TimeSpan.Zero);
                break;
            case FaultKind.VersionJump:
                world.Server.CountOn((UInt128)world.Random.NextInt64(1, long.MaxValue) * 17);
                break;
            default:
                InjectWatch(kind, node, time);
                break;
        }
    }

    private void InjectWatch(FaultKind kind, Node node, TimeSpan time)
    {
        Link link = node.Link;
        switch (kind)
        {
            case FaultKind.WatchSilent:
                For(
                    node, time, isTrouble: false, () => link.WatchesAreSilent = true, () => link.WatchesAreSilent = false,
                    () => world.Server.SilenceWatches(node));
                break;
            case FaultKind.WatchLagging:
                For(node, time, isTrouble: false, () => link.WatchLag = time, () => link.WatchLag = TimeSpan.Zero);
                break;
            case FaultKind.WatchesClosed:
                For(
                    node, time, isTrouble: false, () => link.WatchLife = world.Upto(TimeSpan.FromSeconds(2)) + TimeSpan.FromMilliseconds(1),
                    () => link.WatchLife = TimeSpan.Zero);
                world.Server.CloseWatches(node);
                break;
            case FaultKind.WatchBroken:
                world.Server.BreakWatches(world.Random.Next(2) == 0 ? LeaseStoreErrorKind.Gone : LeaseStoreErrorKind.InvalidResponse, node);
                break;
            case FaultKind.WatchRewound:
                For(node, time, isTrouble: false, () => link.WatchRewinds = 20, () => link.WatchRewinds = 0);
                world.Server.CloseWatches(node);
                break;
            case FaultKind.WatchForbidden:
                For(
                    node, time, isTrouble: false,
                    () => link.WatchAnswer = new LeaseStoreError(LeaseStoreErrorKind.Forbidden, "403"), () => link.WatchAnswer = null);
                world.Server.BreakWatches(LeaseStoreErrorKind.Forbidden, node);
                break;
            default:
                _people.Inject(kind, time);
                break;
        }
    }

    private void For(Node? node, TimeSpan time, bool isTrouble, Action begin, Action end, Action? also = null)
    {
        begin();
        also?.Invoke();
        if (isTrouble)
            world.Trouble(node, time);
        world.In(time, end);
    }

    private void Answers(Node node, TimeSpan time, LeaseStoreError error)
    {
        For(node, time, isTrouble: true, () => node.Link.Answer = error, () =>
        {
            node.Link.Answer = null;
            node.Link.AnswerCommits = false;
        });
    }

    private TimeSpan? RetryAfter() => world.Random.Next(3) switch
    {
        0 => null,
        1 => TimeSpan.FromSeconds(1),
        _ => TimeSpan.FromSeconds(32),
    };

    private void Freeze(Node node, TimeSpan time, TimeSpan timersLate)
    {
        if (node.Process is not { IsFrozen: false } process)
            return;
        process.Freeze();
        world.Trouble(node, time + timersLate + TimeSpan.FromSeconds(1));
        world.In(time, () => process.Resume(timersLate));
    }

    private void Stun(Node node, TimeSpan time)
    {
        if (node.Process is not { IsFrozen: false })
            return;
        node.BeginStun();
        TimeSpan corrected = world.Upto(TimeSpan.FromSeconds(5));
        world.Trouble(node, time + corrected + TimeSpan.FromSeconds(1));
        world.In(time, () => node.EndStun(time, corrected));
    }

    private static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static TimeSpan Shorter(TimeSpan time, double seconds) => time.TotalSeconds < seconds ? time : TimeSpan.FromSeconds(seconds);
}
