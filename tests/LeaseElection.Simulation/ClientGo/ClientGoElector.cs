namespace LeaseElection.Simulation;

/// <summary>
/// The algorithm of client-go's leader election, after its description in reliability.md 1.2 and not after its code. Its clocks are perfect;
/// its work starts when it leads and ends in the instant in which it is told to.
/// </summary>
internal sealed class ClientGoElector(ClientGoWorld place, ClientGoConfig config, string identity)
{
    /// <summary>How much longer than the retry period a standby may wait, as a factor of it.</summary>
    private const double Jitter = 1.2;

    private readonly World _world = place.World;
    private ClientGoLease? _observed;
    private TimeSpan _observedAt;
    private TimeSpan? _stuckWall;
    private int _round;

    public ClientGoLink Link { get; } = new(place.World, place.Server, config.RequestTimeout);

    public bool Works { get; private set; }

    private TimeSpan Wall => _stuckWall ?? place.Wall;

    public void StickWall() => _stuckWall = Wall;

    /// <summary>A standby tries, and then waits for one to 2.2 times the retry period.</summary>
    public void Acquire() => Try(won =>
    {
        if (won)
            Lead();
        else
            _world.In(config.RetryPeriod * (1 + (Jitter * _world.Random.NextDouble())), Acquire);
    });

    private void Lead()
    {
        Works = true;
        place.Work.Set(place.Work.Working + 1, _world.Now);
        Renew();
    }

    /// <summary>One renewal: as many attempts as it takes, until a deadline that begins now and not with the last success.</summary>
    private void Renew()
    {
        int round = ++_round;
        _world.In(config.RenewDeadline, () =>
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
        TimeSpan next = _world.Now + config.RetryPeriod;
        Try(renewed =>
        {
            if (renewed)
            {
                _round++; // The deadline of this renewal is off.
                _world.In(config.RetryPeriod, Renew);
            }
            else
            {
                _world.At(next, () => Poll(round));
            }
        });
    }

    /// <summary>The lease is released first, and the work is told afterwards.</summary>
    private void GiveUp()
    {
        _round++;
        if (!config.ReleaseOnCancel)
        {
            EndWork();
            return;
        }

        Link.Get(config.RenewDeadline, answer =>
        {
            if (answer.Lease is { } lease && lease.Record.Holder == identity)
                Link.Put(lease.Record with { Holder = "", Seconds = 1, Renewed = Wall }, lease.Version, _ => EndWork());
            else
                EndWork();
        });
    }

    private void EndWork()
    {
        Works = false;
        place.Work.Set(place.Work.Working - 1, _world.Now);
    }

    /// <summary>One attempt. Whoever holds the lease by what it has seen writes at once, and reads only if that fails.</summary>
    private void Try(Action<bool> done)
    {
        TimeSpan now = _world.Now;
        if (_observed is { } seen && seen.Record.Holder == identity && IsValid(now))
        {
            Link.Put(Ours(seen.Record), seen.Version, InThisRound(answer =>
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

    private void ReadAndWrite(TimeSpan now, Action<bool> done) => Link.Get(InThisRound(answer =>
    {
        if (answer.TimedOut)
        {
            done(false);
            return;
        }

        if (answer.Lease is not { } lease)
        {
            Link.Create(Ours(null), InThisRound(created => Written(created, done)));
            return;
        }

        Observe(lease);
        if (lease.Record.Holder.Length > 0 && lease.Record.Holder != identity && IsValid(now))
            done(false);
        else
            Link.Put(Ours(lease.Record), lease.Version, InThisRound(put => Written(put, done)));
    }));

    private void Written(ClientGoAnswer answer, Action<bool> done)
    {
        if (answer.Lease is { } lease)
            Won(lease, done);
        else
            done(false);
    }

    private void Won(ClientGoLease lease, Action<bool> done)
    {
        _observed = lease;
        _observedAt = _world.Now;
        done(true);
    }

    /// <summary>A version counts as new when its record is, as far as whole seconds tell.</summary>
    private void Observe(ClientGoLease lease)
    {
        if (_observed?.Record.AsCompared() != lease.Record.AsCompared())
            _observedAt = _world.Now;
        _observed = lease;
    }

    /// <param name="now">When the attempt began, which is before what it reads.</param>
    private bool IsValid(TimeSpan now) => _observedAt + TimeSpan.FromSeconds(_observed!.Record.Seconds) > now;

    private ClientGoRecord Ours(ClientGoRecord? before)
    {
        TimeSpan wall = Wall;
        return before?.Holder == identity
            ? before with { Seconds = config.RecordedSeconds, Renewed = wall }
            : new ClientGoRecord(identity, config.RecordedSeconds, wall, wall, before is null ? 0 : before.Transitions + 1);
    }

    /// <summary>What comes after the deadline of an attempt is not heard: it was cancelled.</summary>
    private Action<ClientGoAnswer> InThisRound(Action<ClientGoAnswer> hear)
    {
        int round = _round;
        return answer =>
        {
            if (round == _round)
                hear(answer);
        };
    }
}
