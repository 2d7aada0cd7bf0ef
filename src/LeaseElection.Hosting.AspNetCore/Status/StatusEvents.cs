using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;

namespace LeaseElection.Hosting.AspNetCore.Status;

/// <summary>
/// The events of one client. Each carries the status of all elections when it is written, so that a client that is slow or comes back
/// misses nothing that still holds.
/// </summary>
internal sealed class StatusEvents(
    StatusReader reader, TimeSpan heartbeatInterval, TimeProvider time, CancellationToken stopping)
{
    /// <summary>How often to look for renewals, which the election tells nobody of; fast enough for an eye.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(250);

    // One place: any number of reasons to write make one event.
    private readonly Channel<bool> _wake =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private volatile int _changed;
    private volatile DateTimeOffset?[] _renewalsTold = [];

    public async IAsyncEnumerable<SseItem<string>> ReadAsync([EnumeratorCancellation] CancellationToken aborted)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        Task watching = WatchAllAsync(ended.Token);
        try
        {
            ITimer heart = time.CreateTimer(_ => _wake.Writer.TryWrite(true), null, heartbeatInterval, heartbeatInterval);
            await using ConfiguredAsyncDisposable heartBeats = heart.ConfigureAwait(false);
            ITimer eye = time.CreateTimer(_ => LookForRenewals(), null, LookInterval, LookInterval);
            await using ConfiguredAsyncDisposable looks = eye.ConfigureAwait(false);
            await using ConfiguredAsyncDisposable stop =
                stopping.UnsafeRegister(_ => _wake.Writer.TryWrite(true), null).ConfigureAwait(false);
            await foreach (bool _ in _wake.Reader.ReadAllAsync(aborted).ConfigureAwait(false))
            {
                bool hasChanged = Interlocked.Exchange(ref _changed, 0) != 0; // First: a change from here on has an event of its own.
                AllElections all = reader.ReadAll();

                // By what this event tells, and by no second look: the elections go on meanwhile, and their last state is told once.
                bool isLast = all.Elections.All(HasNothingMoreToTell);
                _renewalsTold = [.. all.Elections.Select(election => election.RenewedAt)];
                yield return new SseItem<string>(
                    JsonSerializer.Serialize(all, EndpointsJson.Default.AllElections), hasChanged || isLast ? "status" : "heartbeat")
                {
                    ReconnectionInterval = TimeSpan.FromSeconds(1),
                };
                if (isLast)
                    yield break;
            }
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            await watching.ConfigureAwait(false);
        }
    }

    /// <summary>
    /// A leader whose host stops has its drain and its release to tell, during which the server still runs; a standby must not keep the
    /// server waiting. A host stops its elections before it says that it stops, where nobody asked it to by a signal.
    /// </summary>
    private bool HasNothingMoreToTell(OneElection election) => election.State switch
    {
        LeaderElectionState.Stopped => true,
        LeaderElectionState.Standby => stopping.IsCancellationRequested,
        _ => false,
    };

    private void LookForRenewals()
    {
        if (!reader.Elections.All.Select(election => election.Status.RenewedAt).SequenceEqual(_renewalsTold))
            _wake.Writer.TryWrite(true);
    }

    private async Task WatchAllAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(reader.Elections.All.SelectMany(election => new[]
        {
            FollowAsync(election.WatchAsync(cancellationToken), cancellationToken),
            reader.Elections.MembersOf(election) is { } members
                ? FollowAsync(members.WatchAsync(cancellationToken), cancellationToken) : Task.CompletedTask,
            reader.Elections.PartitionsOf(election) is { } partitions
                ? FollowAsync(partitions.WatchAsync(cancellationToken), cancellationToken) : Task.CompletedTask,
        })).ConfigureAwait(false);
        _wake.Writer.TryComplete();
    }

    private async Task FollowAsync<T>(IAsyncEnumerable<T> changes, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (T _ in changes.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                _changed = 1;
                _wake.Writer.TryWrite(true);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The client went away.
        }
    }
}
