using LeaseElection.Soak.Checking;
using LeaseElection.Soak.Replicas;

namespace LeaseElection.Soak.Nemesis;

/// <summary>Lets one fault after the other happen, two at once now and then, and calm in between.</summary>
internal sealed class NemesisRun(World world)
{
    private static readonly TimeSpan StartUp = TimeSpan.FromSeconds(60);

    /// <summary>
    /// What faults made a process take it gives back: requests that have been slow keep their places for a minute, and the sockets of those
    /// are closed a minute after. A leak stays.
    /// </summary>
    private static readonly TimeSpan GivenBack = TimeSpan.FromMinutes(3);

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(10);

    /// <summary>Which of the looks is that at the end.</summary>
    private const int AtTheEnd = 2;

    private readonly Deck _deck = new(world.Options.Seed);
    private readonly List<Calm> _calms = [];
    private readonly List<IReadOnlyDictionary<string, Vitals>> _measured = [];

    public IReadOnlyList<Calm> Calms => _calms;

    /// <summary>
    /// How long it took until somebody led each election for the first time. It is held to <see cref="StartUp"/> only: processes that start
    /// all at once, each compiling its code on the few cores that the API server needs too, tell nothing of how elections recover.
    /// </summary>
    public TimeSpan Start { get; private set; }

    /// <summary>
    /// What processes held after a quarter of the time, after half of it, at the end, and again and again after that while it was too much.
    /// </summary>
    public IReadOnlyList<IReadOnlyDictionary<string, Vitals>> Measured => _measured;

    /// <summary>
    /// What processes hold at the end that they did not hold after a quarter of the time. Of one that has ended since then it is not known
    /// whether it would have given that back.
    /// </summary>
    public IEnumerable<string> Leaks() =>
        from replica in _measured[AtTheEnd]
        where _measured[0].ContainsKey(replica.Key)
        let last = _measured[^1].GetValueOrDefault(replica.Key, replica.Value)
        from leak in last.LeakedSince(_measured[0][replica.Key], Vitals.MostGrowth(world.Options.Elections))
        select $"{replica.Key}: {leak}";

    /// <summary>Two faults at once take turns on one thread, so that neither they nor the dice need locks.</summary>
    public Task RunAsync() => Task.Factory.StartNew(
        LoopAsync,
        CancellationToken.None,
        TaskCreationOptions.DenyChildAttach,
        new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler).Unwrap();

    /// <summary>Cuts the first replica off when it leads: its work is the one that does not listen.</summary>
    public async Task CutOffFirstAsync()
    {
        Replica first = world.Replicas.All[0];
        await world.Replicas.UntilAsync(() => world.Replicas.All.All(replica => replica.IsUp), StartUp);
        first.Proxy.Partition();
        await SoakClock.DelayAsync(3 * world.Options.LeaseDuration);
        first.Proxy.Heal();
    }

    private async Task LoopAsync()
    {
        TimeSpan begun = SoakClock.Now;
        TimeSpan[] looks = [begun + (world.Options.Duration / 4), begun + (world.Options.Duration / 2), begun + world.Options.Duration];
        if (!await world.Replicas.UntilAsync(world.Replicas.AllAreLed, StartUp))
            world.Offences.Add($"not every election was led within {StartUp.TotalSeconds:0} s of the start");
        Start = SoakClock.Now - begun;
        await CalmAsync("the start");
        while (_measured.Count <= AtTheEnd)
        {
            IReadOnlyList<Fault> faults = _deck.Deal();
            await Task.WhenAll(faults.Select(world.InjectAsync));
            await ReplaceEndedAsync();
            await CalmAsync(string.Join(" with ", faults.Select(fault => fault.Kind)));
            if (SoakClock.Now > looks[_measured.Count])
                _measured.Add(await world.Replicas.MeasureAsync());
        }

        TimeSpan stays = SoakClock.Now + GivenBack;
        while (Leaks().Any() && SoakClock.Now < stays)
        {
            await SoakClock.DelayAsync(BetweenLooks);
            await ReplaceEndedAsync();
            _measured.Add(await world.Replicas.MeasureAsync());
        }
    }

    /// <summary>As a kubelet does with containers that have ended.</summary>
    private async Task ReplaceEndedAsync()
    {
        foreach (Replica replica in world.Replicas.All.Where(replica => replica.Current is { HasExited: true, IsSettled: false }))
        {
            await world.NoteEndAsync(replica.Current, asked: false);
            await world.RestartAsync(replica);
        }
    }

    /// <summary>Nothing happens until somebody leads each election, everybody is up, and a little longer.</summary>
    private async Task CalmAsync(string after)
    {
        _calms.Add(new Calm(SoakClock.Now, after));
        await world.Replicas.UntilAsync(world.Replicas.AllAreLed, world.Options.Liveness);
        if (!await world.Replicas.UntilAsync(() => world.Replicas.All.All(replica => replica.IsUp || replica.Current.HasExited), StartUp))
            world.Offences.Add($"a replica has told nothing within {StartUp.TotalSeconds:0} s of its start");
        await SoakClock.DelayAsync(world.Between(0.5, 4));
    }
}
