using System.Collections.Concurrent;
using LeaseElection.Testing;
using LeaseElection.Testing.Leases;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Tests;

/// <summary>Notes as work writes them and every replica reads them.</summary>
public sealed class NotesTests : HostTest
{
    private readonly ElectionHost _host;

    public NotesTests()
    {
        _host = NewHost();
        _host.AddElection().AddWork(Work.RunAsync);
    }

    [Fact]
    public async Task Note_IsConfirmed_AndSeenByTheStatusAndTheTerm()
    {
        LeadershipTerm term = await _host.StartAndLeadAsync();

        await term.WriteNoteAsync("checkpoint", "batch 41").WaitAsync(Signal.Patience);

        Assert.Equal("batch 41", _host.Election.Status.Notes["checkpoint"]);
        Assert.Equal("batch 41", term.Notes["checkpoint"]);
        Assert.Equal("batch 41", Server.Lease!.ReadAnnotations()["note.leaseelection.dev/checkpoint"]);
    }

    [Fact]
    public async Task Note_IsSeenByAStandby_AndTellsWhoWatches()
    {
        LeadershipTerm term = await _host.StartAndLeadAsync();
        ElectionHost other = NewHost("other");
        other.AddElection();
        await other.StartAsync();
        using var patience = new CancellationTokenSource(Signal.Patience);
        await using IAsyncEnumerator<LeaderElectionStatus> told = other.Election.WatchAsync(patience.Token).GetAsyncEnumerator();
        while (told.Current?.HolderIdentity != "me")
            Assert.True(await told.MoveNextAsync());

        await term.WriteNoteAsync("checkpoint", "batch 41", NoteLife.Term, patience.Token);

        Assert.True(await told.MoveNextAsync());
        Assert.Equal("batch 41", told.Current.Notes["checkpoint"]);
    }

    [Fact]
    public async Task RenewalsThatChangeNoNote_AreNoNews()
    {
        LeadershipTerm term = await _host.StartAndLeadAsync();
        await term.WriteNoteAsync("checkpoint", "batch 41").WaitAsync(Signal.Patience);
        LeaderElectionStatus before = _host.Election.Status;

        await RenewAsync();
        await _host.Logs.WaitForAsync("Renewed", 2);

        Assert.Same(before.Notes, _host.Election.Status.Notes);
    }

    [Fact]
    public async Task NextLeader_FindsTheNotes_FromTheFirstInstantOfItsTerm()
    {
        LeadershipTerm term = await _host.StartAndLeadAsync();
        await term.WriteNoteAsync("checkpoint", "batch 41").WaitAsync(Signal.Patience);
        string? found = null;
        ElectionHost other = NewHost("other");
        other.AddElection().AddWork((_, next, _) =>
        {
            found = next.Notes["checkpoint"];
            return Task.CompletedTask;
        });
        await other.StartAsync();

        await _host.StopAsync();
        await other.Logs.WaitForAsync("WorkReturned");

        Assert.Equal("batch 41", found);
    }

    [Fact]
    public async Task WorkThatIsStopped_WritesItsLastNote_AndTheNextLeaderFindsIt()
    {
        ElectionHost other = NewHost("other");
        var works = new TaskCompletionSource();
        other.AddElection().AddWork(async (_, term, stoppingToken) =>
        {
            works.SetResult();
            await Task.Delay(
                Timeout.InfiniteTimeSpan, TimeProvider.System, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await term.WriteNoteAsync("checkpoint", "the last one", CancellationToken.None);
        });
        await other.StartAndLeadAsync();
        await works.Task.WaitAsync(Signal.Patience); // Work that has not begun is not begun to be stopped.

        await other.StopAsync();

        Assert.Equal("the last one", (await _host.StartAndLeadAsync()).Notes["checkpoint"]);
    }

    [Fact]
    public async Task TermIsOver_ThrowsLeadershipLost()
    {
        LeadershipTerm term = await _host.StartAndLeadAsync();
        await _host.StopAsync();

        LeadershipLostException error =
            await Assert.ThrowsAsync<LeadershipLostException>(
                () => term.WriteNoteAsync("checkpoint", "batch 41").WaitAsync(Signal.Patience));

        Assert.Contains("before its note 'checkpoint' was confirmed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HostIsAbandonedWhileANoteIsUnderWay_ThrowsLeadershipLost()
    {
        LeadershipTerm term = await _host.StartAndLeadAsync();
        await Work.StartedAsync();
        _host.Store.All(FakeFault.Hang);
        Task writing = term.WriteNoteAsync("checkpoint", "batch 41");

        Time.Advance(TimeSpan.FromSeconds(10));

        await Assert.ThrowsAsync<LeadershipLostException>(() => writing.WaitAsync(Signal.Patience));
    }

    [Fact]
    public async Task LostReply_IsFoundOut_AndConfirmed()
    {
        LeadershipTerm term = await _host.StartAndLeadAsync();
        _host.Store.Next(FakeFault.LoseReply);

        Task writing = term.WriteNoteAsync("checkpoint", "batch 41");
        await _host.Logs.WaitForAsync("RenewalFailed");
        Time.Advance(TimeSpan.FromSeconds(1));

        await writing.WaitAsync(Signal.Patience);
    }

    [Fact]
    public async Task Refused_ThrowsWhatTheServerSays_AndTheTermGoesOn()
    {
        LeadershipTerm term = await _host.StartAndLeadAsync();
        _host.Store.Next(FakeFault.Forbid);

        Task writing = term.WriteNoteAsync("checkpoint", "batch 41");
        await _host.Logs.WaitForAsync("RenewalFailed");
        Time.Advance(TimeSpan.FromSeconds(1));
        LeaseStoreException error = await Assert.ThrowsAsync<LeaseStoreException>(() => writing.WaitAsync(Signal.Patience));

        Assert.Equal(
            "Lease shop/settlement was not let have note 'checkpoint', although it was renewed without: The verb update is missing.",
            error.Message);
        Assert.True(term.IsHeld);
        Assert.Single(_host.Logs.Entries, entry => entry.Id.Name == "NotesRefused" && entry.Level == LogLevel.Warning);
    }

    [Fact]
    public async Task TooMuchTogether_ThrowsAndSaysWhatToDo()
    {
        LeadershipTerm term = await _host.StartAndLeadAsync();
        Server.Annotate("note.leaseelection.dev/huge", new string('x', 16_000));
        await _host.Election.UntilNotesAsync(notes => notes.ContainsKey("huge"));

        ArgumentException error = await Assert.ThrowsAsync<ArgumentException>(
            () => term.WriteNoteAsync("checkpoint", new string('x', 400)).WaitAsync(Signal.Patience));

        Assert.StartsWith(
            "With note 'checkpoint' of 410 bytes the notes of lease shop/settlement would be longer than 16384 bytes together",
            error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_IsRefusedAtOnce()
    {
        LeadershipTerm term = await _host.StartAndLeadAsync();

        Assert.Throws<ArgumentException>(() => { _ = term.WriteNoteAsync("a b", "1"); });
        Assert.Throws<ArgumentNullException>(() => { _ = term.WriteNoteAsync(null!, "1"); });
    }

    [Fact]
    public async Task Cancelled_EndsTheWaiting()
    {
        LeadershipTerm term = await _host.StartAndLeadAsync();
        using var cancel = new CancellationTokenSource();
        _host.Store.All(FakeFault.Hang);
        Task writing = term.WriteNoteAsync("checkpoint", "batch 41", cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing.WaitAsync(Signal.Patience));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => term.WriteNoteAsync("checkpoint", "batch 42", cancel.Token));
    }

    /// <summary>Trackers of errors report what the garbage collector finds, and nobody waits for that note any more.</summary>
    [Fact]
    public async Task Cancelled_AndThenTheTermIsLost_IsNoUnobservedException()
    {
        const string Key = "given-up-by-who-wrote-it";
        var found = new ConcurrentQueue<string>();
        void Note(object? sender, UnobservedTaskExceptionEventArgs unobserved) => found.Enqueue(unobserved.Exception.ToString());
        TaskScheduler.UnobservedTaskException += Note;
        try
        {
            await GiveUpANoteAsync(await _host.StartAndLeadAsync());
            Time.Advance(TimeSpan.FromSeconds(10));
            await _host.Logs.WaitForAsync("LeadershipLost");
            await _host.UntilStateAsync(LeaderElectionState.Standby); // Whatever was to be told has been.
            for (int i = 0; i < 3; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Note;
        }

        Assert.DoesNotContain(found, text => text.Contains(Key, StringComparison.Ordinal));

        async Task GiveUpANoteAsync(LeadershipTerm term)
        {
            using var cancel = new CancellationTokenSource();
            _host.Store.All(FakeFault.Hang);
            Task writing = term.WriteNoteAsync(Key, "batch 41", cancel.Token);
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing.WaitAsync(Signal.Patience));
        }
    }
}
