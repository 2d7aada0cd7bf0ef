using LeaseElection.Hosting.Testing.Time;

namespace LeaseElection.Hosting.Testing.Hosts;

/// <summary>What the fake elections of one host have in common: leases, clock, and whether all of them have kept up with it.</summary>
internal sealed class FakeHost(InMemoryLeases leases)
{
    /// <summary>
    /// Below the second by which a wall clock may run ahead before a term is in doubt: a reader may meet the step between the two clocks.
    /// </summary>
    private static readonly TimeSpan MostAtOnce = TimeSpan.FromMilliseconds(500);

    private readonly List<FakeLeaderElection> _elections = [];

    public InMemoryLeases Leases => leases;

    public ObservedTimeProvider Clock { get; } = new(leases.Time, leases.Changed);

    public IReadOnlyList<FakeLeaderElection> Elections => _elections;

    /// <summary>How far the clock may be moved before the elections must be let to keep up.</summary>
    public TimeSpan LongestStep => _elections.Select(election => election.RenewInterval / 4).Append(MostAtOnce).Min();

    public TimeSpan Patience => _elections.Max(election => election.Patience);

    /// <summary>No request is under way that does not wait for the clock, and every leader has renewed that should have.</summary>
    public bool IsSettled =>
        Clock.TimeLimits <= _elections.Sum(election => election.Client.Waiting)
        && _elections.TrueForAll(election => election.HasKeptUp(LongestStep));

    public void Add(FakeLeaderElection election) => _elections.Add(election);

    public void Start(IServiceProvider services)
    {
        leases.Join(this);
        _elections.ForEach(election => election.Start(services));
    }

    /// <summary>
    /// A host that stops, and one that is disposed of without a stop, waits by its clock for what does not end, for example for an API
    /// server that cannot be reached; and nobody moves the clock then. So it goes by itself, unless all is over in a moment.
    /// </summary>
    public async Task LetTimePassAsync()
    {
        var step = TimeSpan.FromMilliseconds(50);
        while (Clock.Timers > 0)
        {
            await Task.Delay(step, TimeProvider.System).ConfigureAwait(false);
            if (Clock.Timers > 0)
                leases.Time.Advance(step);
        }

        leases.Leave(this);
    }
}
