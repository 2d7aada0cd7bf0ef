using LeaseElection.Hosting.Leases;
using Xunit;

namespace LeaseElection.Testing.Contracts;

/// <summary>Reads a watch event by event: bookmarks are passed over, and a watch that stays silent fails the test.</summary>
internal abstract class WatchReader<TEvent> : IAsyncDisposable
    where TEvent : class
{
    private readonly CancellationTokenSource _cancellation = new();
    private readonly IAsyncEnumerator<TEvent> _events;
    private readonly TimeSpan _patience;
    private Task<bool>? _pending;

    protected WatchReader(Func<CancellationToken, IAsyncEnumerable<TEvent>> watch, TimeSpan patience)
    {
        _patience = patience;
        _events = watch(_cancellation.Token).GetAsyncEnumerator(CancellationToken.None);
        // Begun at once: a stream that nobody reads has not even connected.
        _pending = _events.MoveNextAsync().AsTask();
    }

    /// <summary>The next event that is no bookmark, which must be a <typeparamref name="T"/>.</summary>
    public async Task<T> NextAsync<T>()
        where T : TEvent
    {
        TEvent next;
        do
        {
            next = await NextOfAnyKindAsync();
        }
        while (IsBookmark(next));
        Assert.True(next is T, $"{typeof(T).Name} expected, not {next}");
        return (T)next;
    }

    /// <summary>The next event, bookmarks included.</summary>
    public async Task<TEvent> NextOfAnyKindAsync()
    {
        Assert.True(await MoveNextAsync(), "The watch has ended.");
        return _events.Current;
    }

    public Task CancelAsync() => _cancellation.CancelAsync();

    /// <summary>Whether the watch ends, in good order or by its cancellation, whatever it still had to tell.</summary>
    public async Task<bool> EndsAsync()
    {
        long begun = TimeProvider.System.GetTimestamp();
        try
        {
            while (await MoveNextAsync())
            {
                // A watch that goes on telling bookmarks would never end.
                if (TimeProvider.System.GetElapsedTime(begun) > _patience)
                    return false;
            }
        }
        catch (OperationCanceledException)
        {
            // Either way of ending is fine.
        }
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await _cancellation.CancelAsync();
        try
        {
            // An enumerator must not be disposed while it is moving.
            if (_pending is not null)
                await _pending.WaitAsync(_patience);
        }
        catch (Exception e) when (e is OperationCanceledException or LeaseWatchException)
        {
            // The test has seen what it came for.
        }
        await _events.DisposeAsync();
        _cancellation.Dispose();
    }

    protected abstract bool IsBookmark(TEvent happened);

    private async Task<bool> MoveNextAsync()
    {
        _pending ??= _events.MoveNextAsync().AsTask();
        bool moved = await _pending.WaitAsync(_patience);
        _pending = null;
        return moved;
    }
}
