using System.Globalization;
using LeaseElection.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace LeaseElection.Hosting.Testing.Tests;

/// <summary>Notes in the tests of an app: set, written, read.</summary>
public sealed class NotesTests
{
    [Fact]
    public async Task Work_FindsTheNoteOfATest_AndTheTestThatOfTheWork()
    {
        await using FakeReplica replica = await FakeReplica.StartAsync(Noting(times: 1));
        await replica.Fake.SetNoteAsync("batch", "41");

        LeadershipTerm term = await replica.Fake.LeadAsync();
        await UntilAsync(replica, "42");

        Assert.Equal("42", term.Notes["batch"]);
        Assert.Equal("42", (string?)replica.Fake.Leases.Get("app")!["metadata"]!["annotations"]!["note.leaseelection.dev/batch"]);
    }

    /// <summary>Half a second lies between renewals for notes, and nobody moves the clock.</summary>
    [Fact]
    public async Task Work_WritesOneNoteAfterTheOther_WithoutTimePassing()
    {
        await using FakeReplica replica = await FakeReplica.StartAsync(Noting(times: 50));

        await replica.Fake.LeadAsync();
        DateTimeOffset now = replica.Fake.Time.GetUtcNow(); // Until then LeadAsync moves it, where the machine is slow.
        await UntilAsync(replica, "50");

        Assert.Equal(now, replica.Fake.Time.GetUtcNow());
    }

    [Fact]
    public async Task SetNote_Null_TakesItAway()
    {
        await using FakeReplica replica = await FakeReplica.StartAsync(Noting(times: 0));
        await replica.Fake.SetNoteAsync("batch", "41");

        await replica.Fake.SetNoteAsync("batch", null);

        Assert.Empty(replica.Election.Status.Notes);
    }

    [Fact]
    public async Task NoteOfATerm_IsGoneWithIt()
    {
        await using FakeReplica replica = await FakeReplica.StartAsync(Noting(times: 0));
        LeadershipTerm term = await replica.Fake.LeadAsync();
        await term.WriteNoteAsync("endpoint", "http://10.0.0.7", NoteLife.Term).WaitAsync(Signal.Patience);
        Assert.Equal("http://10.0.0.7", replica.Election.Status.Notes["endpoint"]);

        await replica.Fake.LoseAsync();

        Assert.Empty(replica.Election.Status.Notes);
        await Assert.ThrowsAsync<LeadershipLostException>(() => term.WriteNoteAsync("late", "1").WaitAsync(Signal.Patience));
    }

    [Fact]
    public async Task TermByHand_NotesAreSetAndRead()
    {
        LeadershipTermSource source = LeadershipTerms.Create();
        source.SetNote("batch", "41");
        await using ServiceProvider services = new ServiceCollection().BuildServiceProvider();

        await Noting(times: 3)(services, source.Term, CancellationToken.None);

        Assert.Equal("44", source.Notes["batch"]);
        source.Lose();
        await Assert.ThrowsAsync<LeadershipLostException>(() => source.Term.WriteNoteAsync("batch", "45"));
        Assert.Equal("44", source.Notes["batch"]);
    }

    private static async Task UntilAsync(FakeReplica replica, string batch)
    {
        using var patience = new CancellationTokenSource(Signal.Patience);
        await foreach (LeaderElectionStatus status in replica.Election.WatchAsync(patience.Token))
        {
            if (status.Notes.GetValueOrDefault("batch") == batch)
                return;
        }
    }

    private static Func<IServiceProvider, LeadershipTerm, CancellationToken, Task> Noting(int times) => async (_, term, stoppingToken) =>
    {
        for (int i = 0; i < times; i++)
        {
            int batch = int.Parse(term.Notes.GetValueOrDefault("batch", "0"), CultureInfo.InvariantCulture);
            await term.WriteNoteAsync("batch", string.Create(CultureInfo.InvariantCulture, $"{batch + 1}"), stoppingToken);
        }
    };
}
