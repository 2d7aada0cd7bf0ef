using LeaseElection.Hosting.Testing.Time;

namespace LeaseElection.Hosting.Testing.Hosts;

/// <summary>What the fake elections of one host have in common: leases, clock, and whether all of them have kept up with it.</summary>
internal sealed class FakeHost
{
    /// <summary>
    /// Below the second by which a wall clock may run ahead before a term is in doubt: a reader may meet the step between the two clocks.
    /// </summary>
    private static readonly TimeSpan MostAtOnce = TimeSpan.FromMilliseconds(500);

    private readonly List<FakeLeaderElection> _elections = [];

    public FakeHost(InMemoryLeases leases)
    {
        Leases = leases;
        Clock = new ObservedTimeProvider(
            leases.Time, leases.Changed, () => _elections.ForEach(election => election.Client.History.Noticed()));
    }

    public InMemoryLeases Leases { get; }

    public ObservedTimeProvider Clock { get; }

    public RunningWork Work { get; } = new();

    public IReadOnlyList<FakeLeaderElection> Elections => _elections;

    /// <summary>How far the clock may be moved before the elections must be let to keep up.</summary>
    public TimeSpan LongestStep => _elections.Select(election => election.RenewInterval / 4).Append(MostAtOnce).Min();

    public TimeSpan Patience => _elections.Max(election => election.Patience);

    /// <summary>
    /// Whether every loop has looked at the clock and at the lease, no request is under way that does not wait for the clock, and no work
    /// is on its way out. What is to be done yet waits for the clock, or is just being begun, which nobody can see.
    /// </summary>
    public bool IsQuiet =>
        (Clock.Unanswered == 0 || _elections.Exists(election => election.IsDone))
        && Clock.TimeLimits <= _elections.Sum(election => election.Client.Waiting)
        && _elections.TrueForAll(election => election.IsThrough);

    /// <summary>Whether what the clock has set off is through: no loop is late with what it has to do, a renewal above all.</summary>
    public bool IsSettled => IsQuiet && _elections.TrueForAll(election => election.HasKeptUp(LongestStep) && HasKeptUpBeside(election));

    /// <summary>Whether it has renewed what it holds beside its lease, unless it cannot.</summary>
    private bool HasKeptUpBeside(FakeLeaderElection election) =>
        election.IsDone || election.Client.Waiting > 0 || election.Client.History.IsFailing
        || Leases.Model.AreRenewed(election.Election.Identity, election.Client.Own, 2 * LongestStep);

    public void Add(FakeLeaderElection election) => _elections.Add(election);

    public void LeaveBehind() => _elections.ForEach(election => election.LeaveBehind());

    public void Start(IServiceProvider services) => _elections.ForEach(election => election.Start(services));

    /// <summary>Its elections begin: only now are they waited for. What a slow start waits for is not theirs to bring.</summary>
    public void Begin() => Leases.Join(this);

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
                Leases.Time.Advance(step);
        }

        Leases.Leave(this);
    }
}
