namespace LeaseElection.Simulation;

/// <summary>What is between one elector of client-go and the server.</summary>
internal sealed class ClientGoLink(World world, ClientGoServer server, TimeSpan? timeout)
{
    /// <summary>Whether whatever is sent from now on is swallowed, and nobody is told.</summary>
    public bool Hangs { get; set; }

    /// <summary>How much longer a reply takes to return.</summary>
    public TimeSpan LateReply { get; set; }

    /// <summary>Happens at the instant in which a write of this elector has been committed.</summary>
    public Action? Committed { get; set; }

    /// <param name="most">What the caller allows, in case the client has no timeout.</param>
    /// <param name="answered">Hears the answer, unless none ever comes.</param>
    public void Get(TimeSpan most, Action<ClientGoAnswer> answered) => Send(() => server.Current, Shorter(most), answered);

    public void Get(Action<ClientGoAnswer> answered) => Send(() => server.Current, timeout, answered);

    public void Create(ClientGoRecord record, Action<ClientGoAnswer> answered) => Send(() => Commit(server.Create(record)), timeout, answered);

    public void Put(ClientGoRecord record, long version, Action<ClientGoAnswer> answered) =>
        Send(() => Commit(server.Put(record, version)), timeout, answered);

    private void Send(Func<ClientGoLease?> serve, TimeSpan? most, Action<ClientGoAnswer> answered)
    {
        bool isAnswered = false;
        if (most is { } wait)
            world.In(wait, () => Answer(new ClientGoAnswer(null, TimedOut: true)));
        if (Hangs)
            return;
        world.In(world.Latency(), () =>
        {
            var answer = new ClientGoAnswer(serve());
            world.In(world.Latency() + LateReply, () => Answer(answer));
        });

        void Answer(ClientGoAnswer answer)
        {
            if (!isAnswered)
            {
                isAnswered = true;
                answered(answer);
            }
        }
    }

    private ClientGoLease? Commit(ClientGoLease? written)
    {
        if (written is not null)
            Committed?.Invoke();
        return written;
    }

    private TimeSpan Shorter(TimeSpan most) => timeout < most ? timeout.Value : most;
}
