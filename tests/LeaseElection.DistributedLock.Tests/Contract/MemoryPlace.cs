using LeaseElection.Hosting;

namespace LeaseElection.DistributedLock.Tests.Contract;

/// <summary>
/// The least that a broker can be: a table of who holds what. What the contract says of our own code, and of the contract itself, shows
/// here without the engine of elections.
/// </summary>
internal sealed class MemoryPlace : LockPlace
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Holder> _holders = [];
    private ulong _version;

    protected override TimeSpan ShortLease { get; } = TimeSpan.FromSeconds(1);

    public override LeaseLockProvider NewProvider() => new(new Broker(this));

    public override Task TakeAwayAsync(string leaseName)
    {
        Holder? before;
        lock (_lock)
        {
            before = _holders.GetValueOrDefault(leaseName);
            _holders[leaseName] = new Holder(this, leaseName, ++_version);
        }

        before?.Lose();
        return Task.CompletedTask;
    }

    public override ValueTask DisposeAsync() => default;

    /// <summary>Makes a holder, or says whose end to wait for.</summary>
    private (Holder? Mine, Task Freed) Take(string leaseName)
    {
        lock (_lock)
        {
            if (_holders.TryGetValue(leaseName, out Holder? other))
                return (null, other.Freed);
            var mine = new Holder(this, leaseName, ++_version);
            _holders.Add(leaseName, mine);
            return (mine, Task.CompletedTask);
        }
    }

    private void Free(Holder holder)
    {
        lock (_lock)
        {
            if (_holders.GetValueOrDefault(holder.Term.LeaseName) == holder)
                _holders.Remove(holder.Term.LeaseName);
        }
    }

    private sealed class Broker(MemoryPlace place) : ILeaseBroker
    {
        public async ValueTask<HeldLease?> TryAcquireAsync(
            string leaseName, TimeSpan timeout, CancellationToken cancellationToken = default)
        {
            long begun = TimeProvider.System.GetTimestamp();
            while (true)
            {
                (Holder? mine, Task freed) = place.Take(leaseName);
                if (mine is not null)
                    return mine;
                TimeSpan left = timeout == Timeout.InfiniteTimeSpan ? timeout : timeout - TimeProvider.System.GetElapsedTime(begun);
                if (left != Timeout.InfiniteTimeSpan && left <= TimeSpan.Zero)
                    return null;
                try
                {
                    await freed.WaitAsync(left, TimeProvider.System, cancellationToken);
                }
                catch (TimeoutException)
                {
                    return null;
                }
            }
        }
    }

    private sealed class Holder(MemoryPlace place, string leaseName, ulong version) : HeldLease
    {
        private readonly LeadershipTermSource _source = new(new FencingToken(version), leaseName, "shop", "me");
        private readonly TaskCompletionSource _freed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Freed => _freed.Task;

        public override LeadershipTerm Term => _source.Term;

        public void Lose() => _source.Lose();

        public override ValueTask DisposeAsync()
        {
            _source.Renew(TimeSpan.Zero);
            Free();
            return default;
        }

        public override void Abandon()
        {
            Lose();
            _ = Task.Delay(place.LeaseDuration, TimeProvider.System, CancellationToken.None)
                .ContinueWith(_ => Free(), TaskScheduler.Default);
        }

        private void Free()
        {
            place.Free(this);
            _freed.TrySetResult();
        }
    }
}
