using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Simulation;

/// <summary>Carries requests to the server and replies back, through whatever the link of the machine is like at each moment.</summary>
internal sealed class Network(World world)
{
    private static readonly LeaseStoreError TimedOut = new(LeaseStoreErrorKind.Timeout, "no answer in time");
    private static readonly LeaseStoreError NoConnection = new(LeaseStoreErrorKind.Network, "connection refused or reset");

    public void Send(Call call)
    {
        Link link = call.Process.Node.Link;
        world.In(
            call.Process.Node.Clock.InTruth(call.Timeout), () => call.Process.WhenAwake(() => call.Answer(Failure(call, TimedOut, true))));
        if (link.IsRefused || world.Server.IsDown)
        {
            world.In(world.Latency(), () => call.Answer(Failure(call, NoConnection, false)));
            return;
        }

        TimeSpan arrival = world.Latency() + link.SlowRequest;
        world.In(arrival, () => Arrive(call, link));
        if (link.Replays > 0 && call.IsWrite)
        {
            link.Replays--;
            world.In(arrival + world.Latency(), () => world.Server.Answer(call.Again()));
        }
    }

    public void Watch(SimProcess process, string from, ServerWatch watch)
    {
        Link link = process.Node.Link;
        world.In(world.Latency() + link.SlowRequest, () =>
        {
            if (!watch.IsOpen)
                return;
            if (link.IsRefused || world.Server.IsDown)
                watch.Break(LeaseStoreErrorKind.Network);
            else if ((link.WatchAnswer ?? link.Answer) is { } answer)
                watch.Break(answer.Kind);
            else
                world.Server.Watch(process, from, watch);
        });
    }

    private static ElectionInput Failure(Call call, LeaseStoreError error, bool mayHaveHappened) => call.Request switch
    {
        ElectionOutput.Read => new ElectionInput.ReadFailed(error),
        _ when mayHaveHappened => new ElectionInput.WriteUnknown(error),
        _ => new ElectionInput.WriteFailed(error),
    };

    private void Arrive(Call call, Link link)
    {
        if (link.IsCut)
            return;
        if (link.IsRefused || world.Server.IsDown)
        {
            call.Answer(Failure(call, NoConnection, true));
        }
        else if (link.Answer is { } answer)
        {
            bool mayHaveHappened = answer.Kind is LeaseStoreErrorKind.ServerError or LeaseStoreErrorKind.InvalidResponse;
            if (link.AnswerCommits && mayHaveHappened)
                world.Server.Answer(call);
            world.In(world.Latency(), () => Return(call, link, Failure(call, answer, mayHaveHappened)));
        }
        else if (link.LateCommit > TimeSpan.Zero && call.IsWrite)
        {
            world.In(link.LateCommit, () => Commit(call, link));
        }
        else
        {
            Commit(call, link);
        }
    }

    private void Commit(Call call, Link link)
    {
        if (world.Server.IsDown)
            return;
        ElectionInput reply = world.Server.Answer(call);
        TimeSpan way = world.Latency() + link.SlowReply;
        if (link.LostReplies > 0 && call.IsWrite)
        {
            link.LostReplies--;
            world.Trouble(call.Process.Node, TimeSpan.Zero);
            world.In(way, () => Return(call, link, Failure(call, NoConnection, true)));
        }
        else
        {
            world.In(way, () => Return(call, link, reply));
        }
    }

    private static void Return(Call call, Link link, ElectionInput reply)
    {
        if (!link.IsCut)
            call.Answer(reply);
    }
}
