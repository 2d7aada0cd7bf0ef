using System.Diagnostics;
using System.Text.Json.Nodes;
using LeaseElection.Hosting.Testing.Api;
using LeaseElection.Hosting.Testing.Hosts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace LeaseElection.Hosting.Testing;

/// <summary>
/// Has an app lead and lose on command. Everything of the election is real but the API server and the clock; another replica holds the
/// lease until <see cref="LeadAsync"/>. What its methods return ends when the app has followed: when it leads, or when its work has
/// returned. Get it from <c>AddFakeLeaderElection</c>, or from the services of the app; that of a named election by its name as key.
/// </summary>
public sealed class FakeLeaderElection
{
    /// <summary>Who holds the lease while the app does not, unless <see cref="HolderIsAsync"/> says otherwise.</summary>
    public const string AnotherReplica = "another-replica";

    private readonly FakeHost _host;
    private ILeaderElection? _election;
    private LeaseActor? _other;
    private LeadershipTerm? _leftBehind;
    private LeaderElectionOptions _options = new();

    internal FakeLeaderElection(string name, FakeHost host)
    {
        Name = name;
        _host = host;
        Client = new LeaseClient(host.Leases);
    }

    /// <summary>The name of the election; empty for the unnamed one.</summary>
    public string Name { get; }

    /// <summary>Where its lease is: that of <see cref="Election"/>, by name and namespace.</summary>
    public InMemoryLeases Leases => _host.Leases;

    /// <summary>The clock of the election.</summary>
    public FakeTimeProvider Time => Leases.Time;

    /// <summary>The app's own election.</summary>
    /// <exception cref="InvalidOperationException">The host has not been started yet.</exception>
    public ILeaderElection Election => _election ?? throw new InvalidOperationException(
        $"The host of the election '{Name}' has not been started: start it first (host.StartAsync(), or CreateClient() of a "
        + "WebApplicationFactory).");

    /// <summary>
    /// How long to wait for the app, in real time, before it has failed the test: for work that ignores its token, for example. With a
    /// debugger attached there is no limit.
    /// </summary>
    /// <value>Default 5 seconds.</value>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(5);

    internal LeaseClient Client { get; }

    internal TimeSpan RenewInterval { get; private set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The other replica gives the lease up, and the app takes it. When the app pauses, because its work has failed or requests have, so
    /// much time passes.
    /// </summary>
    /// <returns>The app's term; the present one if it leads already. Its work has been started, and is not waited for.</returns>
    /// <exception cref="TimeoutException">The app did not become leader within <see cref="Patience"/>.</exception>
    /// <exception cref="InvalidOperationException">
    /// The host has not been started or has stopped, or another host of this test leads.
    /// </exception>
    public async Task<LeadershipTerm> LeadAsync()
    {
        if (Election.Term is { IsHeld: true } present && Election.Status.State == LeaderElectionState.Leading)
            return present;
        if (Election.Status.State == LeaderElectionState.Stopped)
            throw new InvalidOperationException($"The host of {Describe()} has stopped: it leads no more.");
        RefuseBesideAnotherLeader();
        await UntilAsync(() => Election.Term is null, () => WorkIgnoresItsToken("by the term before")).ConfigureAwait(false);
        LeadershipTerm? term = null;
        Reservation turn = Leases.Reserve(Client, Election.LeaseName, Election.LeaseNamespace);
        try
        {
            _other!.GiveUp();
            await UntilAsync(
                () => (term = Election.Term) is { IsHeld: true },
                () => $"{Describe()} did not become leader within {Patience.TotalSeconds:0.#} s. {WhyNot()}",
                letTimePassWhen: Always).ConfigureAwait(false);
            return term!;
        }
        finally
        {
            turn.End();
        }
    }

    /// <summary>The app loses its leadership, and its work ends.</summary>
    /// <param name="reason">How.</param>
    /// <returns>A task that ends when all of the app's work has returned, and another replica leads.</returns>
    /// <exception cref="TimeoutException">Work did not return within <see cref="Patience"/>: it ignores its token.</exception>
    /// <exception cref="InvalidOperationException">The app does not lead.</exception>
    public async Task LoseAsync(LeadershipLoss reason = LeadershipLoss.OtherHolder)
    {
        LeadershipTerm term = Held(nameof(LoseAsync));
        if (reason == LeadershipLoss.DeadlinePassed)
        {
            await PassDeadlineAsync(term).ConfigureAwait(false);
            return;
        }

        Leases.Model.Change(() =>
        {
            if (reason == LeadershipLoss.LeaseDeleted)
                _other!.Delete();
            else if (reason == LeadershipLoss.HolderCleared)
                _other!.ClearHolder();
            else if (reason == LeadershipLoss.IdentityInUse)
                _other!.WriteAs(term.Identity);
            _other!.TakeOver(AnotherReplica);
        });
        await FollowedAsync(term, AnotherReplica, reason.ToString()).ConfigureAwait(false);
    }

    /// <summary>
    /// Renewals of the app fail until half of its time is gone, and <see cref="LeadershipTerm.InDanger"/> fires. The term is still held,
    /// and requests get through again: <see cref="AdvanceAsync"/> by a few seconds ends the danger, <see cref="LoseAsync"/> by <see
    /// cref="LeadershipLoss.DeadlinePassed"/> the term.
    /// </summary>
    /// <returns>A task that ends when the token has fired.</returns>
    /// <exception cref="TimeoutException">It did not within <see cref="Patience"/>.</exception>
    /// <exception cref="InvalidOperationException">The app does not lead.</exception>
    public async Task EndangerAsync()
    {
        LeadershipTerm term = Held(nameof(EndangerAsync));
        var fired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        CancellationTokenRegistration registration = term.InDanger.UnsafeRegister(_ => fired.TrySetResult(), null);
        await using (registration.ConfigureAwait(false))
        using (Client.Cut())
        {
            while (!fired.Task.IsCompleted && term.TimeLeft > _options.RenewDeadline / 2)
                await AdvanceAsync(_host.LongestStep).ConfigureAwait(false);
            await UntilAsync(
                () => fired.Task.IsCompleted,
                () => $"The term of {Describe()} did not come into danger within {Patience.TotalSeconds:0.#} s. {WhyNot()}",
                letTimePassWhen: Always,
                after: fired.Task).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Ends when all of the app's work is prepared (<see cref="ILeaderWork.PrepareAsync"/>), on a standby or in a term; at once, when none
    /// prepares anything.
    /// </summary>
    /// <returns>A task that ends then.</returns>
    /// <exception cref="TimeoutException">It was not within <see cref="Patience"/>.</exception>
    public Task PreparedAsync() => UntilAsync(
        () => Election.Status.IsPrepared != false,
        () => $"Work of {Describe()} is not prepared after {Patience.TotalSeconds:0.#} s: its PrepareAsync still runs or has failed, which "
            + "the log says (883). After a failure it is tried again when time passes: AdvanceAsync.");

    /// <summary>The app gives leadership up by itself, as by <see cref="ILeaderElection.StepDownAsync"/>: the lease is released.</summary>
    /// <returns>
    /// A task that ends when all of the app's work has returned and the lease is released; or left to run out, because no request gets
    /// through: then so much time passes as the app tries for.
    /// </returns>
    /// <exception cref="TimeoutException">Work did not return within <see cref="Patience"/>: it ignores its token.</exception>
    /// <exception cref="InvalidOperationException">The app does not lead.</exception>
    public Task StepDownAsync()
    {
        _ = Held(nameof(StepDownAsync));
        Task steppingDown = Election.StepDownAsync();
        return UntilAsync(
            () => steppingDown.IsCompleted,
            () => IsReleasing() ? $"{Describe()} did not give its lease up within {Patience.TotalSeconds:0.#} s. {WhyNot()}"
                : WorkIgnoresItsToken("by a step-down"),
            IsReleasing,
            after: steppingDown);

        bool IsReleasing() => Election.Status.State == LeaderElectionState.Releasing;
    }

    /// <summary>
    /// Another replica leads, by this name. An app that leads loses its term, as by <see cref="LeadershipLoss.OtherHolder"/>.
    /// </summary>
    /// <param name="identity">Not that of the app.</param>
    /// <returns>A task that ends when the app has seen it and all of its work has returned.</returns>
    /// <exception cref="TimeoutException">Work did not return within <see cref="Patience"/>: it ignores its token.</exception>
    public Task HolderIsAsync(string identity)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(identity);
        if (identity == Election.Identity)
        {
            throw new ArgumentException(
                $"'{identity}' is the app itself: use LeadAsync(), or LoseAsync(LeadershipLoss.IdentityInUse).", nameof(identity));
        }

        LeadershipTerm? term = Election.Term;
        _other!.TakeOver(identity);
        return FollowedAsync(term, identity, nameof(LeadershipLoss.OtherHolder));
    }

    /// <summary>
    /// A note is on the lease, as an earlier leader or a person has left it, or is taken away. What the app has written itself, and what it
    /// finds, is in <see cref="LeaderElectionStatus.Notes"/> of <see cref="Election"/>.
    /// </summary>
    /// <param name="key">Its name.</param>
    /// <param name="value">Its text; <see langword="null"/> takes it away.</param>
    /// <returns>A task that ends when the app has seen it.</returns>
    /// <exception cref="TimeoutException">The app did not see it within <see cref="Patience"/>.</exception>
    public Task SetNoteAsync(string key, string? value)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(key);
        string name = "note.leaseelection.dev/" + key;
        Leases.Edit(
            Election.LeaseName,
            lease =>
            {
                if (value is null)
                    Annotations(lease).Remove(name);
                else
                    Annotations(lease)[name] = value;
            },
            Election.LeaseNamespace);
        return UntilAsync(
            () => Election.Status.Notes.GetValueOrDefault(key) == value,
            () => $"{Describe()} did not see note '{key}' within {Patience.TotalSeconds:0.#} s. {WhyNot()}");
    }

    /// <summary>Lets time pass. See <see cref="InMemoryLeases.AdvanceAsync"/>.</summary>
    /// <param name="by">How much.</param>
    /// <returns>A task that ends when so much time has passed by <see cref="Time"/>.</returns>
    public Task AdvanceAsync(TimeSpan by) => Leases.AdvanceAsync(by);

    /// <summary>
    /// Something goes wrong with the requests of this host. See <see cref="InMemoryLeases.Inject"/> for those of every host.
    /// </summary>
    /// <param name="fault">What.</param>
    /// <param name="verbs">With which requests.</param>
    /// <param name="times">With how many of them; <see cref="int.MaxValue"/>, until <see cref="Heal"/>.</param>
    public void Inject(LeaseFault fault, LeaseVerbs verbs = LeaseVerbs.Any, int times = int.MaxValue) => Client.Inject(fault, verbs, times);

    /// <summary>Ends what <see cref="Inject"/> has begun, here.</summary>
    public void Heal() => Client.Heal();

    /// <summary>Cuts the watch that is open. The election reads, and opens a new one.</summary>
    public void BreakWatches() => Client.BreakWatches();

    internal void Start(IServiceProvider services)
    {
        _election = services.GetRequiredKeyedService<ILeaderElection>(Name);
        _options = services.GetRequiredService<IOptionsMonitor<LeaderElectionOptions>>().Get(Name);
        RenewInterval = FakeOptions.RenewIntervalOf(_options);
        Client.Own = (_options.LeaseNamespace!, _options.LeaseName!);
        _other = new LeaseActor(Leases, _options.LeaseName!, _options.LeaseNamespace!);
        if (Leases.Get(_options.LeaseName!, _options.LeaseNamespace!) is null)
            _other.TakeOver(AnotherReplica);
        _ = BeatAsync(_election); // Ends when the election has stopped.
    }

    /// <summary>
    /// Ends when the app has seen who holds the lease, or that nobody can be asked: a test that begins then finds the same each time.
    /// </summary>
    internal async Task StandsAsync()
    {
        long since = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(since) < Patience)
        {
            Task changed = Leases.Changed.Next;
            if (Election.Status is not { HolderIdentity: null, LastError: null, State: LeaderElectionState.Standby })
                return;
            await changed.WaitAsync(Patience, TimeProvider.System).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Whether nothing more is to be waited for: it has stopped, or its work ignores that it was told to.</summary>
    internal bool IsDone => Election.Status.State is LeaderElectionState.Stopped
        || (Election.Status.State == LeaderElectionState.Draining && Election.Term is { } term && term == _leftBehind);

    /// <summary>
    /// Whether it has seen what has happened to the lease by now, which it counts from when it sees it, and its work has ended if it was
    /// told to: work needs real time for that, and the next leader must not come before by the speed of a test.
    /// </summary>
    internal bool IsThrough =>
        IsDone
        || (Election.Status is { State: not LeaderElectionState.Draining } status && (!Client.IsWatching || _other!.IsSeenBy(status)));

    /// <summary>Its work has had all the patience there is.</summary>
    internal void LeaveBehind() => _leftBehind = Election.Term;

    /// <summary>Whether the election has done what it had to do by now: taken over, renewed, or tried to.</summary>
    internal bool HasKeptUp(TimeSpan step)
    {
        if (Client.Waiting > 0)
            return true;
        if (Election.Status.State == LeaderElectionState.TakingOver)
            return false;
        if (Election.Term is not { IsHeld: true, TimeLeft: var left })
            return true;
        return Client.History.IsFailing
            ? !Client.History.IsOverdue(_options.RetryPeriod, left, 2 * step)
            : left > _options.RenewDeadline - RenewInterval - (2 * step);
    }

    private async Task BeatAsync(ILeaderElection election)
    {
        await foreach (LeaderElectionStatus _ in election.WatchAsync().ConfigureAwait(false))
            Leases.Changed.Beat();
        Leases.Changed.Beat();
    }

    private async Task PassDeadlineAsync(LeadershipTerm term)
    {
        using (Client.Cut())
        {
            Client.BreakWatches();
            while (term.IsHeld)
                await AdvanceAsync(_host.LongestStep).ConfigureAwait(false);
            await UntilAsync(
                () => Election.Term != term, () => WorkIgnoresItsToken(nameof(LeadershipLoss.DeadlinePassed))).ConfigureAwait(false);
            _other!.TakeOver(AnotherReplica);
        }

        await UntilAsync(
            () => Election.Status is { LastError: null, HolderIdentity: AnotherReplica },
            () => $"{Describe()} did not find back to the API server within {Patience.TotalSeconds:0.#} s. {WhyNot()}",
            letTimePassWhen: Always).ConfigureAwait(false);
    }

    private Task FollowedAsync(LeadershipTerm? term, string holder, string reason) => UntilAsync(
        () => Election.Status is { State: LeaderElectionState.Standby or LeaderElectionState.Stopped } status
            && Election.Term is null && status.HolderIdentity == holder,
        () => Election.Term is not null && Election.Term == term ? WorkIgnoresItsToken(reason)
            : $"{Describe()} did not see within {Patience.TotalSeconds:0.#} s that {holder} leads. {WhyNot()}");

    private static bool Always() => true;

    private async Task UntilAsync(Func<bool> condition, Func<string> describe, Func<bool>? letTimePassWhen = null, Task? after = null)
    {
        long since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            Task changed = Leases.Changed.Next;
            if (condition())
                break;
            TimeSpan left = Debugger.IsAttached ? TimeSpan.FromDays(1) : Patience - TimeProvider.System.GetElapsedTime(since);
            if (left <= TimeSpan.Zero)
                throw new TimeoutException(describe());
            Task news = after is null ? changed : Task.WhenAny(changed, after);
            bool letTimePass = letTimePassWhen?.Invoke() == true;
            TimeSpan wait = letTimePass && Pulse.Quiet < left ? Pulse.Quiet : left;
            await news.WaitAsync(wait, TimeProvider.System).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (letTimePass && !news.IsCompleted)
                await AdvanceAsync(_host.LongestStep).ConfigureAwait(false);
        }

        if (after is not null)
            await after.ConfigureAwait(false);
    }

    private static JsonObject Annotations(JsonObject lease)
    {
        var metadata = (JsonObject)lease["metadata"]!;
        return (JsonObject)(metadata["annotations"] ??= new JsonObject());
    }

    private LeadershipTerm Held(string method) => Election.Term is { IsHeld: true } term ? term : throw new InvalidOperationException(
        $"{method} has nothing to end: {Describe()} does not lead. Call LeadAsync() first; if you did, its work has failed or "
        + "returned meanwhile: its log says which.");

    private void RefuseBesideAnotherLeader()
    {
        string? holder = Leases.HolderOf(Election.LeaseName, Election.LeaseNamespace);
        bool another = Leases.Hosts().SelectMany(host => host.Elections)
            .Any(other => other != this && other._election?.Term is { IsHeld: true } term && term.Identity == holder);
        if (another)
        {
            throw new InvalidOperationException(
                $"{holder} leads lease {Election.LeaseNamespace}/{Election.LeaseName}, and is a host of this test: have it lose, step down "
                + "or stop, before another is to lead.");
        }
    }

    private string WorkIgnoresItsToken(string why)
    {
        string which = _host.Work.Of(Election.LeaseNamespace, Election.LeaseName);
        return $"Work of {Describe()} still runs {Patience.TotalSeconds:0.#} s after it was told to stop ({why}): "
            + $"{(which.Length == 0 ? "it" : which)} ignores its token. Pass "
            + "stoppingToken on to everything it awaits, and let the OperationCanceledException through. If it honestly needs longer, "
            + $"raise {nameof(FakeLeaderElection)}.{nameof(Patience)}.";
    }

    private string WhyNot() => Election.Status is { LastError: { } error } ? $"The last request failed: {error}"
        : $"It is {Election.Status.State}; {Election.Status.HolderIdentity ?? "nobody"} holds the lease.";

    private string Describe() => $"the election {(Name.Length == 0 ? "" : $"'{Name}' ")}of {Election.Identity} "
        + $"(lease {Election.LeaseNamespace}/{Election.LeaseName})";
}
