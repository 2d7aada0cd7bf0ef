using System.Globalization;
using System.Text;
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
    private readonly StringBuilder _story = new();
    private TimeSpan _instant = TimeSpan.FromSeconds(1000);
    private DateTimeOffset _wall = new(2026, 11, 20, 8, 0, 0, TimeSpan.Zero);
    private TimeSpan? _wakeAt;
    private bool _working;
    private bool _stopWanted;

    /// <param name="settings">What is different from <see cref="Defaults"/>.</param>
    /// <param name="random">By default each jitter is the least there may be.</param>
    public ElectorDriver(Func<ElectorSettings, ElectorSettings>? settings = null, Random? random = null)
    {
        Settings = settings is null ? Defaults : settings(Defaults);
        Elector = new Elector(Settings, random ?? new SteadyRandom(0));
    }

    public ElectorSettings Settings { get; }

    public Elector Elector { get; }

    public LeaderElectionState State => Elector.State;

    /// <summary>What <see cref="Serve"/> answers from.</summary>
    public LeaseServer Server { get; } = new();

    /// <summary>Whether every request is answered by <see cref="Server"/> at once, and every version is watched.</summary>
    public bool IsServed { get; set; }

    /// <summary>The request that waits for its reply.</summary>
    public ElectionOutput? Pending { get; private set; }

    /// <summary>Whether the core has a watch open, as far as the store knows.</summary>
    public bool IsWatching { get; private set; }

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

    /// <summary>The process is frozen (SIGSTOP, a long collection): time passes and no timer fires.</summary>
    public void Freeze(double seconds) => Move(TimeSpan.FromSeconds(seconds));

    /// <summary>The wall clock alone is moved.</summary>
    public void SetWall(double secondsAhead) => _wall += TimeSpan.FromSeconds(secondsAhead);

    /// <summary>Answers the pending request.</summary>
    public void Reply(ElectionInput reply)
    {
        Assert.True(Pending is not null, "Nothing was asked." + this);
        Pending = null;
        Give(reply);
    }

    /// <summary>Answers the pending request from <see cref="Server"/>.</summary>
    public void Serve()
    {
        Lease? before = Server.Current;
        ElectionOutput request = Pending ?? throw new InvalidOperationException("Nothing was asked." + this);
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
        Assert.True(Pending is T, $"{Pending?.ToString() ?? "Nothing"} is pending, not {typeof(T).Name}.{this}");
        return (T)Pending!;
    }

    public void SentNothing() => Assert.True(Pending is null, $"{Pending} is pending.{this}");

    /// <summary>All outputs of one kind since the start.</summary>
    public IReadOnlyList<T> All<T>()
        where T : ElectionOutput => [.. _log.OfType<T>()];

    /// <summary>All events of one kind since the start.</summary>
    public IReadOnlyList<T> Told<T>()
        where T : ElectionEvent => [.. All<ElectionOutput.Report>().Select(report => report.Event).OfType<T>()];

    /// <summary>Why work was told to stop, and that it was told once.</summary>
    public StopReason StoppedWork() => Assert.Single(All<ElectionOutput.StopWork>()).Reason;

    /// <summary>Everything given and put out, for whoever reads a failure.</summary>
    public override string ToString() => "\n" + _story;

    private void Tell(ElectionInput input)
    {
        Note("<-", input);
        _stopWanted |= input is ElectionInput.ShutDownRequested;
        if (input is ElectionInput.WatchEnded or ElectionInput.WatchBroken)
            IsWatching = false;
        Turn = Elector.Handle(input, Now);
        foreach (ElectionOutput output in Turn)
        {
            Note("  ->", output);
            _log.Add(output);
            Check(output);
        }
    }

    private void ServeAll()
    {
        for (int replies = 0; IsServed && Pending is not null; replies++)
        {
            Assert.True(replies < 20, "A busy loop." + this);
            Serve();
        }
    }

    private void Check(ElectionOutput output)
    {
        switch (output)
        {
            case ElectionOutput.Read or ElectionOutput.Create or ElectionOutput.Replace:
                Assert.True(Pending is null, "A second request." + this);
                Pending = output;
                break;
            case ElectionOutput.Watch:
                IsWatching = true;
                break;
            case ElectionOutput.WakeAt wake:
                Assert.True(wake.Instant > _instant, "A wake-up in the past." + this);
                _wakeAt = wake.Instant;
                break;
            case ElectionOutput.StartWork:
                Assert.False(_working || _stopWanted, "A start too many." + this);
                _working = true;
                break;
            case ElectionOutput.StopWork:
                Assert.True(_working, "A stop too many." + this);
                _working = false;
                break;
        }
    }

    private void Move(TimeSpan time)
    {
        _instant += time;
        _wall += time;
    }

    private void Note(string mark, object what) =>
        _story.AppendLine(CultureInfo.InvariantCulture, $"{_instant.TotalSeconds - 1000,9:0.000} {mark} {what}");
}
