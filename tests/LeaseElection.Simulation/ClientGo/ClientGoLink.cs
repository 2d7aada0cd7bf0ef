using LeaseElection.Hosting.Leases;

namespace LeaseElection.Simulation;

/// <summary>What is between one elector of client-go and the server: whatever the link of its machine is like at each moment.</summary>
internal sealed class ClientGoLink(ClientGoNode node)
{
    private readonly World _world = node.World;

    /// <param name="most">What the caller allows, in case the client has no timeout.</param>
    /// <param name="answered">Hears the answer, unless none ever comes.</param>
    public void Get(TimeSpan most, Action<ClientGoAnswer> answered) => Send(Read, Shorter(most), answered);

    public void Get(Action<ClientGoAnswer> answered) => Send(Read, node.Config.RequestTimeout, answered);

    /// <param name="record">What to write.</param>
    /// <param name="version">What it is to replace; <see langword="null"/>: there is no lease yet.</param>
    /// <param name="answered">Hears the answer, unless none ever comes.</param>
    public void Put(LeaseRecord record, string? version, Action<ClientGoAnswer> answered) =>
        Send(() => Write(record, version), node.Config.RequestTimeout, answered);

    private void Send(Func<ClientGoAnswer> serve, TimeSpan? most, Action<ClientGoAnswer> answered)
    {
        bool isAnswered = false;
        if (most is { } wait)
            _world.In(node.Clock.InTruth(wait), () => Answer(ClientGoAnswer.None));
        if (IsRefused)
            _world.In(_world.Latency(), () => Answer(ClientGoAnswer.None));
        else
            _world.In(_world.Latency() + node.Link.SlowRequest, Arrive);

        void Arrive()
        {
            if (node.Link.IsCut)
                return;
            ClientGoAnswer answer = IsRefused ? ClientGoAnswer.None : serve();
            _world.In(_world.Latency() + node.Link.SlowReply, () =>
            {
                if (!node.Link.IsCut)
                    Answer(answer);
            });
        }

        void Answer(ClientGoAnswer answer)
        {
            if (!isAnswered)
            {
                isAnswered = true;
                answered(answer);
            }
        }
    }

    private bool IsRefused => node.Link.IsRefused || _world.Server.IsDown;

    private ClientGoAnswer Read() => new(_world.Server.Current);

    private ClientGoAnswer Write(LeaseRecord record, string? version)
    {
        Lease? written = _world.Server.WriteAsClientGo(record, version);
        if (written is not null)
            node.Committed?.Invoke();
        if (written is null || node.Link.LostReplies == 0)
            return new ClientGoAnswer(written);
        node.Link.LostReplies--;
        return ClientGoAnswer.None;
    }

    private TimeSpan Shorter(TimeSpan most) => node.Config.RequestTimeout is { } timeout && timeout < most ? timeout : most;
}
