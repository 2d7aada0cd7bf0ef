using System.Runtime.CompilerServices;
using System.Threading.Channels;
using LeaseElection.Testing;

namespace LeaseElection.Hosting.AspNetCore.Tests;

/// <summary>An election that is as a test says.</summary>
internal sealed class FakeElection(string name = "") : ILeaderElection
{
    private readonly Channel<LeaderElectionStatus> _news = Channel.CreateUnbounded<LeaderElectionStatus>();
    private int _readers;

    public string Name { get; } = name;

    public string Identity => "me";

    public string LeaseName => "settlement";

    public string LeaseNamespace => "shop";

    public bool IsLeader { get; set; }

    public LeadershipTerm? Term => null;

    public LeaderElectionStatus Status { get; private set; } = new() { State = LeaderElectionState.Standby };

    public Signal ReadersChanged { get; } = new();

    public int Readers => _readers;

    public Func<CancellationToken, Task> OnStepDown { get; set; } = _ => Task.CompletedTask;

    public void Become(LeaderElectionStatus status)
    {
        Status = status;
        _news.Writer.TryWrite(status);
    }

    public async IAsyncEnumerable<LeaderElectionStatus> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _readers);
        ReadersChanged.Pulse();
        try
        {
            yield return Status;
            await foreach (LeaderElectionStatus status in _news.Reader.ReadAllAsync(cancellationToken))
                yield return status;
        }
        finally
        {
            Interlocked.Decrement(ref _readers);
            ReadersChanged.Pulse();
        }
    }

    public Task<LeadershipTerm> WaitForLeadershipAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task StepDownAsync(CancellationToken cancellationToken = default) => OnStepDown(cancellationToken);
}
