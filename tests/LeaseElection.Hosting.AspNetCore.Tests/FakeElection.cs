using System.Runtime.CompilerServices;
using System.Threading.Channels;
using LeaseElection.Testing;

namespace LeaseElection.Hosting.AspNetCore.Tests;

/// <summary>An election that is as a test says.</summary>
internal sealed class FakeElection(string name = "") : ILeaderElection
{
    private readonly Lock _lock = new();
    private readonly List<Channel<LeaderElectionStatus>> _readers = [];
    private LeaderElectionStatus _status = new() { State = LeaderElectionState.Standby };
    private Action? _afterNextRead;

    public string Name { get; } = name;

    public string Identity => "me";

    public string LeaseName => "settlement";

    public string LeaseNamespace => "shop";

    public bool IsLeader { get; set; }

    public LeadershipTerm? Term => null;

    public LeaderElectionStatus Status
    {
        get
        {
            LeaderElectionStatus read = _status;
            Interlocked.Exchange(ref _afterNextRead, null)?.Invoke();
            return read;
        }
    }

    public Signal ReadersChanged { get; } = new();

    public int Readers
    {
        get
        {
            lock (_lock)
                return _readers.Count;
        }
    }

    public Func<CancellationToken, Task> OnStepDown { get; set; } = _ => Task.CompletedTask;

    public void Become(LeaderElectionStatus status)
    {
        lock (_lock)
        {
            _status = status;
            _readers.ForEach(reader => reader.Writer.TryWrite(status));
        }
    }

    /// <summary>What somebody sees who looks twice: the election goes on between the two looks.</summary>
    public void BecomeAfterNextRead(LeaderElectionStatus status) => _afterNextRead = () => Become(status);

    /// <summary>A renewal is no news, as in real elections.</summary>
    public void Renew(DateTimeOffset at) => _status = _status with { RenewedAt = at };

    public async IAsyncEnumerable<LeaderElectionStatus> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var news = Channel.CreateUnbounded<LeaderElectionStatus>();
        lock (_lock)
        {
            _readers.Add(news);
            news.Writer.TryWrite(_status);
        }

        ReadersChanged.Pulse();
        try
        {
            await foreach (LeaderElectionStatus status in news.Reader.ReadAllAsync(cancellationToken))
                yield return status;
        }
        finally
        {
            lock (_lock)
                _readers.Remove(news);
            ReadersChanged.Pulse();
        }
    }

    public Task<LeadershipTerm> WaitForLeadershipAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task StepDownAsync(CancellationToken cancellationToken = default) => OnStepDown(cancellationToken);
}
