using System.Threading.Channels;
using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Kubernetes.Requests;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Time;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Kubernetes.Announcing;

/// <summary>
/// Publishes Events on the lease, one after the other and in the order in which things happened. What cannot be published waits, up to a
/// number and an age: an outage ends terms, and people want to read of it afterwards.
/// </summary>
internal sealed class LeaseEventPublisher : ILeadershipAnnouncer
{
    private const int Room = 32;
    private static readonly TimeSpan OldestRetried = TimeSpan.FromMinutes(5);

    private readonly CancellationTokenSource _finishing = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly AnnouncementSender _sender;
    private readonly ElectionIdentityCard _card;
    private readonly ElectionClock _clock;
    private readonly ILogger _logger;
    private readonly Channel<LeaseEventNote> _notes;
    private readonly Task _running;
    private bool _failing;

    /// <param name="sender">Others send over it as well, and somebody else disposes of it.</param>
    /// <param name="card">The election.</param>
    /// <param name="clock">Says when things happened, and paces what is sent again.</param>
    /// <param name="logger">Is told of the first failure of a row, and at debug level of all else.</param>
    public LeaseEventPublisher(AnnouncementSender sender, ElectionIdentityCard card, ElectionClock clock, ILogger logger)
    {
        _sender = sender;
        _card = card;
        _clock = clock;
        _logger = logger;
        _notes = Channel.CreateBounded<LeaseEventNote>(
            new BoundedChannelOptions(Room) { SingleReader = true, FullMode = BoundedChannelFullMode.DropOldest }, Dropped);
        using (ExecutionContext.SuppressFlow())
            _running = Task.Run(RunAsync);
    }

    public void HolderSeen(string holder)
    {
        // Told by the holder.
    }

    public void Began(Lease? lease) => Note("BecameLeader", $"{_card.Identity} became leader", lease);

    public void Ending()
    {
        // Told when it has ended: an Event is history, and until then it may go otherwise.
    }

    public void Ended(string how, Lease? lease) => Note("StoppedLeading", $"{_card.Identity} stopped leading: {how}", lease);

    public Task WithdrawnAsync() => Task.CompletedTask;

    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        _notes.Writer.TryComplete();
        await _finishing.CancelAsync().ConfigureAwait(false);
        await _running.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        _notes.Writer.TryComplete();
        await _finishing.CancelAsync().ConfigureAwait(false);
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _finishing.Dispose();
        _stopping.Dispose();
    }

    private void Note(string action, string message, Lease? lease) =>
        _notes.Writer.TryWrite(new LeaseEventNote(action, message, _clock.Now.Wall, lease?.Uid, lease?.ResourceVersion));

    private void Dropped(LeaseEventNote note) => _logger.EventDropped(_card.LeaseNamespace, _card.LeaseName, note.Message);

    private async Task RunAsync()
    {
        try
        {
            await foreach (LeaseEventNote note in _notes.Reader.ReadAllAsync(_stopping.Token).ConfigureAwait(false))
                await PublishAsync(note).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The host has no time left.
        }
#pragma warning disable CA1031 // A bug of ours: the election goes on, and its host stops in good order.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _logger.AnnouncerFailed(_card.LeaseNamespace, _card.LeaseName, exception);
        }
    }

    private async Task PublishAsync(LeaseEventNote note)
    {
        TimeSpan deadline = _clock.Now.Monotonic + OldestRetried;
        Announcement announcement = AnnouncementOf(note);
        for (int failures = 1; ; failures++)
        {
            AnnouncementReply reply = await _sender.SendAsync(announcement, _stopping.Token).ConfigureAwait(false);
            Tell(note, reply);
            if (reply.Outcome is AnnouncementOutcome.Done or AnnouncementOutcome.Refused or AnnouncementOutcome.NotFound)
                return;
            if (_finishing.IsCancellationRequested || _clock.Now.Monotonic >= deadline)
            {
                Dropped(note);
                return;
            }

            await PauseAsync(AnnouncementPause.After(failures, reply.RetryAfter)).ConfigureAwait(false);
        }
    }

    private Announcement AnnouncementOf(LeaseEventNote note)
    {
        string name = LeaseEventBodies.NameOf(note, _card.LeaseName);
        string path = $"/api/v1/namespaces/{Uri.EscapeDataString(_card.LeaseNamespace)}/events";
        var request = new ApiRequest(HttpMethod.Post, left => _sender.Server.For(path, left), LeaseEventBodies.Body(note, name, _card));
        return new Announcement(request, "create", "events", _card.LeaseNamespace, name);
    }

    private void Tell(LeaseEventNote note, AnnouncementReply reply)
    {
        if (reply.Outcome == AnnouncementOutcome.Done)
            _logger.EventPublished(_card.LeaseNamespace, _card.LeaseName, note.Message);
        else if (_failing)
            _logger.EventNotPublishedAgain(_card.LeaseNamespace, _card.LeaseName, reply.Message);
        else
            _logger.EventNotPublished(_card.LeaseNamespace, _card.LeaseName, reply.Message);
        _failing = reply.Outcome != AnnouncementOutcome.Done;
    }

    /// <summary>A pause that ends with the election: then there is no time for another.</summary>
    private async Task PauseAsync(TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, _clock.TimeProvider, _finishing.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // One more attempt, and on to the next.
        }
    }
}
