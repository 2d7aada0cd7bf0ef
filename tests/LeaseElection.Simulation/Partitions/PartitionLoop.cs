using LeaseElection.Hosting;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Election.Partitions;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Simulation;

/// <summary>A loop for the lease of one partition, with the real elector, for as long as its process stands for it or owns it.</summary>
internal sealed class PartitionLoop
{
    private readonly Fleet _fleet;
    private readonly Replica _replica;
    private readonly Elector _elector;
    private readonly int _count;
    private PartitionWork? _work;
    private bool _isWatching;
    private bool _isDead;
    private TimeSpan _timerAt = TimeSpan.MaxValue;
    private int _timer;

    public PartitionLoop(Fleet fleet, Replica replica, int index, int count, LeaseMemory memory)
    {
        _fleet = fleet;
        _replica = replica;
        _count = count;
        Index = index;
        _elector = new Elector(replica.Settings, new Random(fleet.Random.Next()), memory);
    }

    public int Index { get; }

    public PartitionPart Part => _elector.State switch
    {
        LeaderElectionState.Leading => PartitionPart.Leading,
        LeaderElectionState.Draining or LeaderElectionState.Releasing => PartitionPart.Draining,
        _ => PartitionPart.Standing,
    };

    /// <summary>The watch over the group has told something of this lease.</summary>
    public void Hear(Lease lease)
    {
        if (_isWatching)
            Post(new ElectionInput.Watched(new LeaseEvent.Changed(lease)));
    }

    public void HearGone(string version)
    {
        if (_isWatching)
            Post(new ElectionInput.Watched(new LeaseEvent.Deleted(version)));
    }

    public void Die()
    {
        _isDead = true;
        _work?.Die();
    }

    /// <summary>Work that should have been told to stop while the process was frozen is told now, by the watchdog.</summary>
    public void LookAtDeadline()
    {
        if (_elector.Term is { Holds: true } term && term.Validity.IsOver(_replica.Clock))
            Post(new ElectionInput.TimerFired());
    }

    public void Post(ElectionInput input) => _replica.WhenAwake(() =>
    {
        if (!_isDead)
            Turn(input);
    });

    private void Turn(ElectionInput input)
    {
        PartitionPart before = Part;
        IReadOnlyList<ElectionOutput> outputs = _elector.Handle(input, _replica.Clock);
        if (_fleet.Chronicle is { } chronicle && input is not ElectionInput.TimerFired)
            chronicle.Add(_fleet.Now, _replica.Machine.Name, $"{Index} <- {input}");
        if (_elector.Term is { Holds: false } && _work is { } lost)
            lost.Hurry();
        foreach (ElectionOutput output in outputs)
            CarryOut(output);
        if (_elector.State == LeaderElectionState.Stopped && !_isDead)
        {
            _isDead = true;
            _replica.Ended(Index);
        }
        else if (Part != before)
        {
            _replica.LookSoon();
        }
    }

    private void CarryOut(ElectionOutput output)
    {
        switch (output)
        {
            case ElectionOutput.Read read:
                Send(read.Timeout, () => _fleet.Server.Find(_fleet.NameOf(Index)) is { } lease
                    ? new ElectionInput.ReadFound(lease) : new ElectionInput.ReadAbsent(), isWrite: false);
                break;
            case ElectionOutput.Create create:
                Send(create.Timeout, () => Write(null, create.Record), isWrite: true);
                break;
            case ElectionOutput.Replace replace:
                Send(replace.Timeout, () => Write(replace.Current, replace.Record), isWrite: true);
                break;
            case ElectionOutput.Watch watch:
                _isWatching = true;
                if (_replica.Newest(Index) is { } newest && IsNewer(newest.ResourceVersion, watch.ResourceVersion))
                    _fleet.In(TimeSpan.FromMicroseconds(10), () => Hear(newest));
                else if (_replica.GoneIn(Index) is { } gone && IsNewer(gone, watch.ResourceVersion))
                    _fleet.In(TimeSpan.FromMicroseconds(10), () => HearGone(gone));
                break;
            case ElectionOutput.StartWork start:
                _work = new PartitionWork(_fleet, _replica, this, _count, start.Validity);
                _work.Start();
                break;
            case ElectionOutput.ExtendTerm extend:
                _work?.Extend(extend.Validity);
                break;
            case ElectionOutput.StopWork:
                _work!.Stop(isLost: _elector.Term is not { Holds: true });
                break;
            case ElectionOutput.RestartWork:
                _work!.Start();
                break;
            case ElectionOutput.WakeAt wake:
                SetTimer(wake.Instant);
                break;
        }
    }

    /// <summary>An earlier timer is left to fire: that changes nothing, and the elector asks again.</summary>
    private void SetTimer(TimeSpan at)
    {
        if (at >= _timerAt)
            return;
        _timerAt = at;
        int timer = ++_timer;
        _replica.After(at - _replica.Monotonic, () =>
        {
            if (timer != _timer)
                return;
            _timerAt = TimeSpan.MaxValue;
            Post(new ElectionInput.TimerFired());
        });
    }

    private ElectionInput Write(Lease? named, LeaseRecord record)
    {
        if (_fleet.Scenario.IsRefused(Index))
            return new ElectionInput.WriteFailed(new LeaseStoreError(LeaseStoreErrorKind.Forbidden, "simulated"));
        if (_fleet.Server.Write(_fleet.NameOf(Index), named, record) is not { } written)
            return new ElectionInput.WriteConflicted();
        if (!record.HasHolder && _work is { IsEnded: false })
            _fleet.Oracle.Fail($"partition {Index} was released while its work ran", _replica.Identity);
        if (record.HasHolder)
            _fleet.Oracle.Promised(Index, _replica.Identity);
        else
            _fleet.Oracle.Released(Index);
        return new ElectionInput.WriteSucceeded(written);
    }

    private void Send(TimeSpan timeout, Func<ElectionInput> serve, bool isWrite) =>
        _replica.Machine.Send(timeout, serve, Post, mayHaveHappened => Post(Failure(isWrite, mayHaveHappened)));

    private static ElectionInput Failure(bool isWrite, bool mayHaveHappened)
    {
        var error = new LeaseStoreError(LeaseStoreErrorKind.Network, "simulated");
        return !isWrite ? new ElectionInput.ReadFailed(error)
            : mayHaveHappened ? new ElectionInput.WriteUnknown(error)
            : new ElectionInput.WriteFailed(error);
    }

    private static bool IsNewer(string version, string than) =>
        version.Length > than.Length || (version.Length == than.Length && string.CompareOrdinal(version, than) > 0);
}
