using System.Globalization;
using LeaseElection.Hosting;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;
using Xunit;

namespace LeaseElection.Testing.Election;

/// <summary>
/// Drives one <see cref="Elector"/> by hand: gives it inputs, moves its two clocks, fires its timer exactly when it asked for it, and
/// keeps a log of all it put out. What must hold at any time is asserted on every turn, so every test is also a test of that.
/// </summary>
internal sealed class ElectorDriver
{
    public const string Me = "me";

    /// <summary>The defaults: 15/10/3/2/5 and half a minute to drain.</summary>
    public static readonly ElectorSettings Defaults = new()
    {
        Identity = Me,
        LeaseDuration = TimeSpan.FromSeconds(15),
        RenewDeadline = TimeSpan.FromSeconds(10),
        RenewInterval = TimeSpan.FromSeconds(3),
        RetryPeriod = TimeSpan.FromSeconds(2),
        StopTimeout = TimeSpan.FromSeconds(5),
        DrainTimeout = TimeSpan.FromSeconds(28),
    };

    public static readonly LeaseStoreError Trouble = new(LeaseStoreErrorKind.Network, "connection refused");

    private readonly List<ElectionOutput> _log = [];
    private readonly List<(TimeSpan At, string Mark, object What)> _story = [];
    private TimeSpan _instant = TimeSpan.FromSeconds(1000);
    private DateTimeOffset _wall = new(2026, 11, 20, 8, 0, 0, TimeSpan.Zero);
    private TimeSpan? _wakeAt;
    private bool _working;
    private bool _stopTold;
    private bool _stopWanted;

    /// <param name="settings">What is different from <see cref="Defaults"/>.</param>
    /// <param name="random">By default each jitter is the least there may be.</param>
    public ElectorDriver(Func<ElectorSettings, ElectorSettings>? settings = null, Random? random = null)
        : this(settings is null ? Defaults : settings(Defaults), random ?? new SteadyRandom(0), new LeaseMemory(), new LeaseServer())
    {
    }

    private ElectorDriver(ElectorSettings settings, Random random, LeaseMemory memory, LeaseServer server)
    {
        Settings = settings;
        Memory = memory;
        Server = server;
        Elector = new Elector(Settings, random, memory);
    }

    public ElectorSettings Settings { get; }

    public Elector Elector { get; }

    public LeaderElectionState State => Elector.State;

    /// <summary>What <see cref="Serve"/> answers from.</summary>
    public LeaseServer Server { get; }

    /// <summary>What has been seen of the lease.</summary>
    public LeaseMemory Memory { get; }

    /// <summary>Whether every request is answered by <see cref="Server"/> at once, and every version is watched.</summary>
    public bool IsServed { get; set; }

    /// <summary>The request that waits for its reply.</summary>
    public ElectionOutput? Pending { get; private set; }

    /// <summary>Whether the core has a watch open, as far as the store knows.</summary>
    public bool IsWatching { get; private set; }

    /// <summary>Whether work was told to stop and has not said that it did.</summary>
    public bool OwesWorkStopped => _stopTold && _working;

    /// <summary>What the last input brought.</summary>
    public IReadOnlyList<ElectionOutput> Turn { get; private set; } = [];

    public ElectionTime Now => new(_instant, _wall);

    /// <summary>Standing, and waiting for <paramref name="holder"/>, whose lease was just read.</summary>
    public static ElectorDriver StandingBy(LeaseRecord holder, Func<ElectorSettings, ElectorSettings>? settings = null)
    {
        var driver = new ElectorDriver(settings);
        driver.Server.Put(holder);
        driver.Start();
        driver.Serve();
        return driver;
    }

    /// <summary>Leading a lease that did not exist before.</summary>
    public static ElectorDriver Leading(Func<ElectorSettings, ElectorSettings>? settings = null)
    {
        var driver = new ElectorDriver(settings);
        driver.Start();
        driver.Serve();
        driver.Serve();
        Assert.Equal(LeaderElectionState.Leading, driver.State);
        return driver;
    }

    /// <summary>The next elector of the same process: it knows what this one has seen, and time goes on.</summary>
    public ElectorDriver Next() => new(Settings, new SteadyRandom(0), Memory, Server) { _instant = _instant, _wall = _wall };

    public void Start() => Give(new ElectionInput.Started());

    public void Give(ElectionInput input)
    {
        Tell(input);
        ServeAll();
    }

    /// <summary>Lets time pass, on both clocks. The timer fires exactly when the core asked for it.</summary>
    public void After(double seconds)
    {
        TimeSpan end = _instant + TimeSpan.FromSeconds(seconds);
        ServeAll();
        while (_wakeAt <= end)
        {
            Move(_wakeAt.Value - _instant);
            _wakeAt = null;
            Give(new ElectionInput.TimerFired());
        }

        Move(end - _instant);
    }

    /// <summary>It stands by until just before then, and leads then.</summary>
    public void LeadsAfter(double seconds)
    {
        After(seconds - 0.001);
        Assert.Equal(LeaderElectionState.Standby, State);
        After(0.001);
        Assert.Equal(LeaderElectionState.Leading, State);
    }

    /// <summary>The process is frozen (SIGSTOP, a long collection): time passes and no timer fires.</summary>
    public void Freeze(double seconds) => Move(TimeSpan.FromSeconds(seconds));

    /// <summary>The wall clock alone is moved.</summary>
    public void SetWall(double secondsAhead) => _wall += TimeSpan.FromSeconds(secondsAhead);

    /// <summary>Answers the pending request.</summary>
    public void Reply(ElectionInput reply)
    {
        Check(Pending is not null, "Nothing was asked.");
        Pending = null;
        Give(reply);
    }

    /// <summary>Answers the pending request from <see cref="Server"/>.</summary>
    public void Serve()
    {
        Lease? before = Server.Current;
        ElectionOutput request = Pending ?? throw new InvalidOperationException("Nothing was asked.\n" + this);
        ElectionInput reply = Server.Answer(request);
        Pending = null;
        Tell(reply);
        if (IsServed && IsWatching && Server.Current != before)
            Tell(new ElectionInput.Watched(new LeaseEvent.Changed(Server.Current!)));
    }

    /// <summary>The pending request fails: it certainly had no effect.</summary>
    public void Fail(LeaseStoreError? error = null)
    {
        error ??= Trouble;
        Reply(Pending is ElectionOutput.Read ? new ElectionInput.ReadFailed(error) : new ElectionInput.WriteFailed(error));
    }

    /// <summary>The reply of the pending write is lost.</summary>
    /// <param name="committed">Whether it took effect.</param>
    public void LoseReply(bool committed)
    {
        if (committed)
            Server.Answer(Sent<ElectionOutput>());
        Reply(new ElectionInput.WriteUnknown(Trouble));
    }

    /// <summary>Somebody else writes the lease, and the watch tells it.</summary>
    public Lease See(LeaseRecord record)
    {
        Lease lease = Server.Put(record);
        See(lease);
        return lease;
    }

    public void See(Lease lease) => Give(new ElectionInput.Watched(new LeaseEvent.Changed(lease)));

    /// <summary>Somebody else deletes the lease, and the watch tells it.</summary>
    public void SeeDeleted() => Give(new ElectionInput.Watched(new LeaseEvent.Deleted(Server.Delete())));

    public void StopHost() => Give(new ElectionInput.ShutDownRequested());

    public void StepDown() => Give(new ElectionInput.StepDownRequested());

    public void WorkStopped() => Give(new ElectionInput.WorkStopped());

    /// <summary>The pending request, which must be of this kind.</summary>
    public T Sent<T>()
        where T : ElectionOutput
    {
        Check(Pending is T, $"{Pending?.GetType().Name ?? "Nothing"} is pending, not {typeof(T).Name}.");
        return (T)Pending!;
    }

    public void SentNothing() => Check(Pending is null, "A request is pending.");

    /// <summary>All outputs of one kind since the start.</summary>
    public IReadOnlyList<T> All<T>()
        where T : ElectionOutput => [.. _log.OfType<T>()];

    /// <summary>All events of one kind since the start.</summary>
    public IReadOnlyList<T> Told<T>()
        where T : ElectionEvent => [.. All<ElectionOutput.Report>().Select(report => report.Event).OfType<T>()];

    /// <summary>Why work was told to stop, and that it was told once.</summary>
    public StopReason StoppedWork() => Assert.Single(All<ElectionOutput.StopWork>()).Reason;

    /// <summary>Everything given and put out, for whoever reads a failure.</summary>
    public override string ToString() => string.Join(
        '\n', _story.Select(
            line => string.Create(CultureInfo.InvariantCulture, $"{line.At.TotalSeconds - 1000,9:0.000} {line.Mark} {line.What}")));

    private void Tell(ElectionInput input)
    {
        Note("<-", input);
        _stopWanted |= input is ElectionInput.ShutDownRequested;
        if (input is ElectionInput.WatchEnded or ElectionInput.WatchBroken)
            IsWatching = false;
        if (input is ElectionInput.WorkStopped && _stopTold)
            _working = _stopTold = false;
        Turn = Elector.Handle(input, Now);
        foreach (ElectionOutput output in Turn)
        {
            Note("  ->", output);
            _log.Add(output);
            Check(output);
        }

        Check(
            Pending is not null || _wakeAt > _instant || OwesWorkStopped || State == LeaderElectionState.Stopped,
            "Nothing will ever happen.");
    }

    private void ServeAll()
    {
        for (int replies = 0; IsServed && Pending is not null; replies++)
        {
            Check(replies < 20, "A busy loop.");
            Serve();
        }
    }

    private void Check(ElectionOutput output)
    {
        switch (output)
        {
            case ElectionOutput.Read or ElectionOutput.Create or ElectionOutput.Replace:
                Check(Pending is null, "A second request.");
                Pending = output;
                CheckWrite(output as ElectionOutput.Replace);
                break;
            case ElectionOutput.Watch:
                IsWatching = true;
                break;
            case ElectionOutput.EndWatch:
                Check(IsWatching, "No watch is open.");
                IsWatching = false;
                break;
            case ElectionOutput.WakeAt wake:
                Check(wake.Instant > _instant, "A wake-up in the past.");
                _wakeAt = wake.Instant;
                break;
            case ElectionOutput.StartWork:
                Check(!_working && !_stopWanted, "A start too many.");
                _working = true;
                break;
            case ElectionOutput.RestartWork:
                Check(_working && !_stopTold, "A restart of work that is to stop.");
                break;
            case ElectionOutput.StopWork:
                Check(_working && !_stopTold, "A stop too many.");
                _stopTold = true;
                break;
        }
    }

    private void CheckWrite(ElectionOutput.Replace? replace)
    {
        if (replace is null)
            return;
        Assert.Same(Elector.Lease, replace.Current);
        bool isSeen = replace.Current.Record.HolderIdentity != replace.Record.HolderIdentity
            || replace.Current.Record.RenewTime?.ToUnixTimeSeconds() != replace.Record.RenewTime?.ToUnixTimeSeconds();
        Check(
            isSeen || Elector.Term!.Left > Settings.RenewDeadline - TimeSpan.FromSeconds(1),
            "A write that client-go does not see, or that changes nothing.");
        Check(isSeen || replace.Current.Record != replace.Record, "A record that comes back.");
        Check(!_working || replace.Record.HasHolder, "A release while work runs.");
    }

    private void Move(TimeSpan time)
    {
        _instant += time;
        _wall += time;
    }

    private void Note(string mark, object what) => _story.Add((_instant, mark, what));

    private void Check(bool holds, string otherwise)
    {
        if (!holds)
            Assert.Fail(otherwise + "\n" + this);
    }
}
