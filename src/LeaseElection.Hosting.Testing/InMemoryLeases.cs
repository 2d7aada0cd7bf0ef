using System.Text.Json.Nodes;
using LeaseElection.Hosting.Testing.Api;
using LeaseElection.Hosting.Testing.Hosts;
using Microsoft.Extensions.Time.Testing;

namespace LeaseElection.Hosting.Testing;

/// <summary>
/// The Leases of an API server, in memory, for all hosts of one test: get, create, update with compare-and-swap, and watches, by the rules
/// of kube-apiserver. Hand it to <c>AddFakeLeaderElection</c> of each host. It answers at once; time passes only when the test says so.
/// </summary>
public sealed class InMemoryLeases
{
    private const string DefaultNamespace = "default";

    private readonly FaultScript _faults = new();
    private readonly Lock _lock = new();
    private readonly List<FakeHost> _hosts = [];
    private readonly List<Reservation> _reservations = [];

    /// <summary>Leases with a clock of their own, which stands still.</summary>
    public InMemoryLeases()
        : this(new FakeTimeProvider())
    {
    }

    /// <summary>Leases and elections that go by a clock which the test has already.</summary>
    /// <param name="time">The clock: of the elections, and of whatever else the test gives it to.</param>
    public InMemoryLeases(FakeTimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        Time = time;
        Model = new LeaseModel(time);
    }

    /// <summary>
    /// The clock of all elections over these leases. <see cref="AdvanceAsync"/> moves it with the elections keeping up;
    /// <see cref="FakeTimeProvider.Advance"/> moves it at once, and a leader that is moved past its renew deadline has lost its term.
    /// </summary>
    public FakeTimeProvider Time { get; }

    internal LeaseModel Model { get; }

    /// <summary>Beats at every change of what can be seen here.</summary>
    internal Pulse Changed { get; } = new();

    /// <summary>A Lease as it is stored.</summary>
    /// <param name="leaseName">Its name.</param>
    /// <param name="leaseNamespace">Its namespace.</param>
    /// <returns>A copy; <see langword="null"/> when there is none.</returns>
    public JsonObject? Get(string leaseName, string leaseNamespace = DefaultNamespace) => Model.Find(leaseNamespace, leaseName);

    /// <summary>Who holds a Lease.</summary>
    /// <param name="leaseName">Its name.</param>
    /// <param name="leaseNamespace">Its namespace.</param>
    /// <returns>The identity; <see langword="null"/> when nobody does.</returns>
    public string? HolderOf(string leaseName, string leaseNamespace = DefaultNamespace) =>
        (string?)Get(leaseName, leaseNamespace)?["spec"]?["holderIdentity"] is { Length: > 0 } holder ? holder : null;

    /// <summary>A third party edits a Lease, as with <c>kubectl edit</c>, or makes it.</summary>
    /// <param name="leaseName">Its name.</param>
    /// <param name="edit">Changes the Lease: <c>lease => lease["spec"]!["holderIdentity"] = ""</c>.</param>
    /// <param name="leaseNamespace">Its namespace.</param>
    public void Edit(string leaseName, Action<JsonObject> edit, string leaseNamespace = DefaultNamespace)
    {
        ArgumentNullException.ThrowIfNull(edit);
        Model.Change(() => Store(leaseName, edit, leaseNamespace));
        Changed.Beat();
    }

    /// <summary>A third party deletes a Lease. One that is not there stays so.</summary>
    /// <param name="leaseName">Its name.</param>
    /// <param name="leaseNamespace">Its namespace.</param>
    public void Delete(string leaseName, string leaseNamespace = DefaultNamespace)
    {
        Model.Change(() =>
        {
            if (Model.Find(leaseNamespace, leaseName) is not null)
                Model.Delete(leaseNamespace, leaseName);
        });
        Changed.Beat();
    }

    /// <summary>
    /// Something goes wrong with the requests of every host. See <see cref="FakeLeaderElection.Inject"/> for those of one.
    /// </summary>
    /// <param name="fault">What.</param>
    /// <param name="verbs">With which requests.</param>
    /// <param name="times">With how many of them; <see cref="int.MaxValue"/>, until <see cref="Heal"/>.</param>
    public void Inject(LeaseFault fault, LeaseVerbs verbs = LeaseVerbs.Any, int times = int.MaxValue)
    {
        _faults.Add(fault, verbs, times);
        foreach (LeaseClient client in Clients())
            client.CutWatches(fault, verbs, times);
    }

    /// <summary>Ends what <see cref="Inject"/> has begun, here.</summary>
    public void Heal() => _faults.Clear();

    /// <summary>Cuts the watches that are open. The elections read, and open new ones.</summary>
    public void BreakWatches()
    {
        foreach (LeaseClient client in Clients())
            client.BreakWatches();
    }

    /// <summary>Forgets the history: a watch that is to begin at an older version is answered with 410.</summary>
    public void Compact() => Model.Compact();

    /// <summary>
    /// Lets time pass, with the elections of all hosts keeping up: leaders renew, leases run out, requests meet their time limits. Work
    /// that is told to stop meanwhile is waited for, in real time and for <see cref="FakeLeaderElection.Patience"/> at most, once a term.
    /// What the app's own timers do on the same clock is not waited for.
    /// </summary>
    /// <param name="by">How much.</param>
    /// <returns>A task that ends when so much time has passed by <see cref="Time"/>.</returns>
    public async Task AdvanceAsync(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        FakeHost[] hosts = Hosts();
        await SettleAsync(hosts).ConfigureAwait(false);
        for (TimeSpan left = by; left > TimeSpan.Zero;)
        {
            TimeSpan step = hosts.Select(host => host.LongestStep).Append(left).Min();
            Time.Advance(step);
            left -= step;
            await SettleAsync(hosts).ConfigureAwait(false);
        }
    }

    internal LeaseFault? NextFault(LeaseVerbs verb) => _faults.Take(verb);

    internal void Join(FakeHost host)
    {
        lock (_lock)
        {
            if (!_hosts.Contains(host))
                _hosts.Add(host);
        }
    }

    internal void Leave(FakeHost host)
    {
        lock (_lock)
            _hosts.Remove(host);
    }

    internal FakeHost[] Hosts()
    {
        lock (_lock)
            return [.. _hosts];
    }

    /// <summary>Makes the writes of all others to one lease wait, so that this client is the first.</summary>
    /// <exception cref="InvalidOperationException">It is another's turn.</exception>
    internal Reservation Reserve(LeaseClient client, string leaseName, string leaseNamespace)
    {
        var reservation = new Reservation(client, leaseName, leaseNamespace);
        lock (_lock)
        {
            if (_reservations.Exists(other => other.IsBeside(client, leaseName, leaseNamespace)))
            {
                throw new InvalidOperationException(
                    $"Two hosts of this test are to lead lease {leaseNamespace}/{leaseName} at once. Await one LeadAsync() first, and have "
                    + "that host lose, step down or stop before the next.");
            }

            _reservations.RemoveAll(old => old.Ended.IsCompleted);
            _reservations.Add(reservation);
        }

        return reservation;
    }

    /// <summary>Ends when the write may be carried out.</summary>
    internal Task AdmitAsync(LeaseClient client, LeaseRoute route, string body)
    {
        if (!route.IsCore && route.Verb == "create")
            Model.AddNamespace(route.Namespace); // Whatever the app's configuration says there is.
        lock (_lock)
            return _reservations.Find(reservation => reservation.IsAgainst(client, route, body))?.Ended ?? Task.CompletedTask;
    }

    private LeaseClient[] Clients() => [.. Hosts().SelectMany(host => host.Elections).Select(election => election.Client)];

    private void Store(string leaseName, Action<JsonObject> edit, string leaseNamespace)
    {
        Model.AddNamespace(leaseNamespace);
        JsonObject? stored = Model.Find(leaseNamespace, leaseName);
        JsonObject lease = stored ?? new JsonObject
        {
            ["apiVersion"] = "coordination.k8s.io/v1",
            ["kind"] = "Lease",
            ["metadata"] = new JsonObject { ["name"] = leaseName },
            ["spec"] = new JsonObject(),
        };
        edit(lease);
        if (stored is null)
            Model.Create(leaseNamespace, lease);
        else
            Model.Replace(leaseNamespace, leaseName, lease);
    }

    /// <summary>
    /// Until what the clock has set off is through. Whoever is late although nothing happens waits for the clock himself; and who never
    /// comes to an end is left behind, because a test of his own tells of it.
    /// </summary>
    private async Task SettleAsync(FakeHost[] hosts)
    {
        long since = TimeProvider.System.GetTimestamp();
        TimeSpan patience = hosts.Select(host => host.Patience).DefaultIfEmpty(TimeSpan.Zero).Max();
        while (TimeProvider.System.GetElapsedTime(since) < patience)
        {
            Task changed = Changed.Next;
            if (Array.TrueForAll(hosts, host => host.IsSettled))
                return;
            bool quiet = Array.TrueForAll(hosts, host => host.IsQuiet);
            await changed.WaitAsync(Pulse.Quiet, TimeProvider.System).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (quiet && !changed.IsCompleted)
                return;
        }

        Array.ForEach(hosts, host => host.LeaveBehind());
    }
}
