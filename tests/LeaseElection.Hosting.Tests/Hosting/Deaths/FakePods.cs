using System.Runtime.CompilerServices;
using System.Threading.Channels;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing;

namespace LeaseElection.Hosting.Tests.Deaths;

/// <summary>Pods of which a test tells, to whoever follows one at that time.</summary>
internal sealed class FakePods : IPodSource
{
    private readonly Signal _followed = new();
    private Channel<PodFacts?>? _open;
    private int _count;

    /// <summary>Refuses who begins to follow one.</summary>
    public LeaseStoreError? Refusal { get; set; }

    /// <summary>Whoever follows disposes of it.</summary>
    public static FakePods Create() => new();

    public bool IsDisposed { get; private set; }

    public string? Pod { get; private set; }

    /// <summary>How often somebody has begun to.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Whether somebody does.</summary>
    public bool IsFollowed => Volatile.Read(ref _open) is not null;

    public Task FollowedAsync(int times = 1) => _followed.WaitUntilAsync(() => Count >= times, () => $"followed {Count} times");

    public Task LeftAsync() => _followed.WaitUntilAsync(() => !IsFollowed, () => "still followed");

    public void Tell(PodFacts? pod) => _open!.Writer.TryWrite(pod);

    public void Break(LeaseStoreError error) => _open!.Writer.TryComplete(new LeaseWatchException(error));

    public async IAsyncEnumerable<PodFacts?> FollowAsync(string pod, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Pod = pod;
        var channel = Channel.CreateUnbounded<PodFacts?>();
        Volatile.Write(ref _open, channel);
        Interlocked.Increment(ref _count);
        _followed.Pulse();
        try
        {
            if (Refusal is { } refusal)
                throw new LeaseWatchException(refusal);
            await foreach (PodFacts? told in channel.Reader.ReadAllAsync(cancellationToken))
            {
                yield return told;
                if (told is null)
                    yield break;
            }
        }
        finally
        {
            Volatile.Write(ref _open, null);
            _followed.Pulse();
        }
    }

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return ValueTask.CompletedTask;
    }
}
