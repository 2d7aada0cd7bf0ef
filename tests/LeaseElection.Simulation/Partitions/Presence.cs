using LeaseElection.Hosting.Leases;

namespace LeaseElection.Simulation;

/// <summary>
/// The presence Lease of one process: nobody else writes it, so it needs no elector here. As for one, a write that a later one has
/// overtaken does not count, because it names a version that has been replaced.
/// </summary>
internal sealed class Presence(Fleet fleet, Replica replica)
{
    private TimeSpan _confirmedUntil = TimeSpan.MinValue;
    private bool _isGivenUp;
    private int _sent;
    private int _served;

    public bool IsConfirmed => !_isGivenUp && _confirmedUntil > replica.Monotonic;

    public void Start() => Renew();

    public void GiveUp()
    {
        _isGivenUp = true;
        Write(new LeaseRecord { HolderIdentity = "", LeaseDurationSeconds = 1, RenewTime = replica.Clock.Wall }, () => { }, () => { });
    }

    private void Renew()
    {
        if (_isGivenUp)
            return;
        TimeSpan sent = replica.Monotonic;
        var record = new LeaseRecord
        {
            HolderIdentity = replica.Identity,
            LeaseDurationSeconds = (int)FleetScenario.PresenceDuration.TotalSeconds,
            RenewTime = replica.Clock.Wall,
        };
        Write(
            record,
            () =>
            {
                bool wasConfirmed = IsConfirmed;
                _confirmedUntil = sent + FleetScenario.PresenceDuration;
                if (!wasConfirmed)
                    replica.LookSoon();
                replica.After(FleetScenario.PresenceInterval, Renew);
            },
            () => replica.After(replica.Settings.RetryPeriod, Renew));
    }

    private void Write(LeaseRecord record, Action confirmed, Action failed)
    {
        if (replica.Machine.PresenceFails)
        {
            fleet.In(fleet.Latency(), () => replica.WhenAwake(failed));
            return;
        }

        int number = ++_sent;
        replica.Machine.Send(
            TimeSpan.FromSeconds(2.5),
            serve: () =>
            {
                if (number > _served)
                    fleet.Server.Put(replica.Identity, record);
                return _served = Math.Max(_served, number);
            },
            answer: _ => replica.WhenAwake(confirmed),
            fail: _ => replica.WhenAwake(failed));
    }
}
