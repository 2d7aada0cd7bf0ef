using LeaseElection.Hosting.Leases;

namespace LeaseElection.Simulation;

/// <summary>
/// The algorithm of client-go's leader election, after a description and not after its code. Its work starts when
/// it leads and ends in the instant in which it is told to.
/// </summary>
internal sealed class ClientGoElector(ClientGoNode node, string identity)
{
    /// <summary>How much longer than the retry period a standby may wait, as a factor of it.</summary>
    private const double Jitter = 1.2;

    private readonly World _world = node.World;
    private readonly ClientGoConfig _config = node.Config;
    private readonly ClientGoLink _link = new(node);
    private Lease? _observed;
    private TimeSpan _observedAt;
    private TimeSpan _lookedAt;
    private int _round;
    private bool _isDead;

    public string Identity => identity;

    public ClientGoNode Node => node;

    public bool Works { get; private set; }

    /// <summary>Whether it has given up and still works: its work is told when the lease has been released, or could not be.</summary>
    public bool IsGivingUp { get; private set; }

    /// <summary>
    /// For how long it had not looked when it found a record that differs from the last one by less than its seconds tell; zero: it was no
    /// such record that it went by.
    /// </summary>
    public TimeSpan Overlooked { get; private set; }

    /// <summary>The duration, in seconds, of the lease that it took, or tries to take.</summary>
    public int TakenLease { get; private set; }

    /// <summary>Whether another client-go took the lease from it while it lived, and it may not know yet.</summary>
    public bool IsRobbed { get; set; }

    /// <summary>The number of the change by which it took the lease.</summary>
    public int Began { get; private set; }

    private TimeSpan Now => node.Clock.Monotonic;

    /// <summary>A standby tries, and then waits for one to 2.2 times the retry period.</summary>
    public void Acquire() => Try(won =>
    {
        if (won)
            Lead();
        else
            In(_config.RetryPeriod * (1 + (Jitter * _world.Random.NextDouble())), Acquire);
    });

    /// <summary>kill -9.</summary>
    public void Die() => Exit();

    /// <summary>Its context is cancelled, and with it that of its work.</summary>
    public void Cancel()
    {
        _round++;
        bool worked = Works;
        EndWork();
        if (worked && _config.ReleaseOnCancel)
            Release(Exit);
        else
            Exit();
    }

    private void Lead()
    {
        Began = _world.Server.NumberOf(_observed!);
        Works = true;
        node.WorkChanged(this);
        Renew();
    }

    /// <summary>One renewal: as many attempts as it takes, until a deadline that begins now and not with the last success.</summary>
    private void Renew()
    {
        int round = ++_round;
        In(_config.RenewDeadline, () =>
        {
            if (round == _round)
                GiveUp();
        });
        Poll(round);
    }

    private void Poll(int round)
    {
        if (round != _round)
            return;
        TimeSpan next = Now + _config.RetryPeriod;
        Try(renewed =>
        {
            if (renewed)
            {
                _round++; // The deadline of this renewal is off.
                In(_config.RetryPeriod, Renew);
            }
            else
            {
                In(next - Now, () => Poll(round));
            }
        });
    }

    /// <summary>The lease is released first, and the work is told afterwards.</summary>
    private void GiveUp()
    {
        _round++;
        IsGivingUp = true;
        if (_config.ReleaseOnCancel)
            Release(Exit);
        else
            Exit();
    }

    private void Release(Action done) => _link.Get(_config.RenewDeadline, IfAlive(answer =>
    {
        if (answer.Lease is { } lease && lease.Record.HolderIdentity == identity)
        {
            LeaseRecord released = lease.Record with { HolderIdentity = "", LeaseDurationSeconds = 1, RenewTime = Wall() };
            _link.Put(released, lease.ResourceVersion, IfAlive(_ => done()));
        }
        else
        {
            done();
        }
    }));

    private void Exit()
    {
        EndWork();
        _isDead = true;
        node.Exited(this);
    }

    private void EndWork()
    {
        if (!Works)
            return;
        Works = false;
        node.WorkChanged(this);
    }

    /// <summary>One attempt. Whoever holds the lease by what it has seen writes at once, and reads only if that fails.</summary>
    private void Try(Action<bool> done)
    {
        TimeSpan now = Now;
        if (_observed is { } seen && seen.Record.HolderIdentity == identity && IsValid(now))
        {
            _link.Put(Ours(seen.Record), seen.ResourceVersion, InThisRound(answer =>
            {
                if (answer.Lease is { } written)
                    Won(written, done);
                else
                    ReadAndWrite(now, done);
            }));
        }
        else
        {
            ReadAndWrite(now, done);
        }
    }

    private void ReadAndWrite(TimeSpan now, Action<bool> done) => _link.Get(InThisRound(answer =>
    {
        if (answer.Failed)
        {
            done(false);
            return;
        }

        if (answer.Lease is { } lease)
            Observe(lease);
        if (answer.Lease?.Record.HolderIdentity != identity)
            TakenLease = answer.Lease?.Record.LeaseDurationSeconds ?? 0;
        if (answer.Lease?.Record is { HasHolder: true } record && record.HolderIdentity != identity && IsValid(now))
            done(false);
        else
            _link.Put(Ours(answer.Lease?.Record), answer.Lease?.ResourceVersion, InThisRound(put => Written(put, done)));
    }));

    private void Written(ClientGoAnswer answer, Action<bool> done)
    {
        if (answer.Lease is { } lease)
            Won(lease, done);
        else
            done(false);
    }

    private void Won(Lease lease, Action<bool> done)
    {
        _observed = lease;
        _observedAt = _lookedAt = Now;
        done(true);
    }

    /// <summary>A version counts as new when its record is, as far as whole seconds tell.</summary>
    private void Observe(Lease lease)
    {
        if (_observed is null || AsCompared(_observed.Record) != AsCompared(lease.Record))
            (_observedAt, Overlooked) = (Now, lease.Record.HolderIdentity == identity ? Overlooked : TimeSpan.Zero);
        else if (_observed.Record != lease.Record && Now - _lookedAt > Overlooked)
            Overlooked = Now - _lookedAt;
        (_observed, _lookedAt) = (lease, Now);
    }

    /// <param name="now">When the attempt began, which is before what it reads.</param>
    private bool IsValid(TimeSpan now) => _observedAt + TimeSpan.FromSeconds(_observed!.Record.LeaseDurationSeconds ?? 0) > now;

    private LeaseRecord Ours(LeaseRecord? before)
    {
        DateTimeOffset wall = Wall();
        if (before?.HolderIdentity == identity)
            return before with { LeaseDurationSeconds = _config.RecordedSeconds, RenewTime = wall };
        return new LeaseRecord
        {
            HolderIdentity = identity,
            LeaseDurationSeconds = _config.RecordedSeconds,
            AcquireTime = _config.Times == RecordedTimes.NoAcquireTime ? null : wall,
            RenewTime = _config.Times == RecordedTimes.RenewTimeLater ? null : wall,
            LeaseTransitions = before is null ? 0 : (before.LeaseTransitions ?? 0) + 1,
        };
    }

    /// <summary>What a lease can store of the wall clock.</summary>
    private DateTimeOffset Wall()
    {
        DateTimeOffset now = node.Clock.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }

    /// <summary>What it compares: its copy of the record knows no fractions of a second.</summary>
    private static LeaseRecord AsCompared(LeaseRecord record) =>
        record with { AcquireTime = Whole(record.AcquireTime), RenewTime = Whole(record.RenewTime) };

    private static DateTimeOffset? Whole(DateTimeOffset? time) => time?.AddTicks(-(time.Value.Ticks % TimeSpan.TicksPerSecond));

    private void In(TimeSpan pause, Action happens) => _world.In(node.Clock.InTruth(pause), () =>
    {
        if (!_isDead)
            happens();
    });

    private Action<ClientGoAnswer> IfAlive(Action<ClientGoAnswer> hear) => answer =>
    {
        if (!_isDead)
            hear(answer);
    };

    /// <summary>What comes after the deadline of an attempt is not heard: it was cancelled.</summary>
    private Action<ClientGoAnswer> InThisRound(Action<ClientGoAnswer> hear)
    {
        int round = _round;
        return IfAlive(answer =>
        {
            if (round == _round)
                hear(answer);
        });
    }
}
