using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Election.Notes;
using LeaseElection.Testing.Election;

namespace LeaseElection.Hosting.Tests.Election.Notes;

/// <summary>What people and other electors write among the notes of a lease: it is shown, and costs nobody anything (design 14).</summary>
public class NotesOfOthersTests
{
    private const string Checkpoint = "note.leaseelection.dev/checkpoint";

    [Fact]
    public void OthersHavePutTooMuchThere_ShorterIsAllowed()
    {
        var driver = ElectorDriver.Leading();
        driver.IsServed = true;
        driver.Say("a", "1234");
        driver.After(1);
        driver.Annotate("note.leaseelection.dev/huge", new string('x', 100_000));

        NoteWrite shorter = driver.Say("a", "123"), longer = driver.Say("a", "12345"), gone = driver.Say("huge", null);
        driver.After(1);

        Assert.Equal(
            (NoteOutcome.Written, NoteOutcome.TooMuch, NoteOutcome.Written),
            (driver.OutcomeOf(shorter), driver.OutcomeOf(longer), driver.OutcomeOf(gone)));
    }

    /// <summary>Edits of annotations keep no dead leader alive (design 5, rule 3).</summary>
    [Fact]
    public void SomebodyEditsNotesOfADeadLeader_ItIsNotWaitedForLonger()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("other"));
        for (int i = 0; i < 14; i++)
        {
            driver.After(1);
            driver.Annotate(Checkpoint, $"{i}");
            Assert.Equal($"{i}", driver.Shown("checkpoint"));
        }

        driver.After(1.1);

        driver.Sent<ElectionOutput.Replace>();
    }

    [Fact]
    public void NotesOfOthers_AreSeenByAStandby_AndSurviveItsTakeOver()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("other"));
        driver.Annotate(Checkpoint, "batch 41");
        driver.Annotate("example.com/owner", "payments");

        driver.IsServed = true;
        driver.After(16);

        Assert.Equal(LeaderElectionState.Leading, driver.State);
        Assert.Equal("batch 41", driver.Shown("checkpoint"));
        Assert.Equal("payments", driver.Annotation("example.com/owner"));
    }
}
