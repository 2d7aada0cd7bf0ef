using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Election.Notes;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.Election;

namespace LeaseElection.Hosting.Tests.Election.Notes;

/// <summary>A note is written by a renewal, confirmed with it, and costs no term (design 14).</summary>
public class ElectorNotesTests
{
    private const string Checkpoint = "note.leaseelection.dev/checkpoint";

    private static readonly LeaseStoreError Refused = new(LeaseStoreErrorKind.Rejected, "admission webhook denied the request");

    [Fact]
    public void Note_IsSentAtOnceByARenewal_AndConfirmedWithIt()
    {
        var driver = ElectorDriver.Leading();
        driver.After(1);

        NoteWrite note = driver.Say("checkpoint", "batch 41");

        ElectionOutput.Replace renewal = driver.Sent<ElectionOutput.Replace>();
        Assert.Equal(driver.Now.Wall, renewal.Record.RenewTime);
        Assert.Null(driver.OutcomeOf(note));
        driver.Serve();
        Assert.Equal(NoteOutcome.Written, driver.OutcomeOf(note));
        Assert.Equal("batch 41", driver.Annotation(Checkpoint));
        Assert.Equal("batch 41", driver.Shown("checkpoint"));
        driver.After(2.999); // The next renewal counts from this one.
        driver.SentNothing();
    }

    [Fact]
    public void ManyNotesAtOnce_AreOneRenewal_AndTheLastOfEachKeyCounts()
    {
        var driver = ElectorDriver.Leading();
        NoteWrite first = driver.Say("a", "1");
        NoteWrite[] meanwhile = [driver.Say("a", "2"), driver.Say("b", "1"), driver.Say("a", "3")];
        driver.Serve();
        Assert.Equal(NoteOutcome.Written, driver.OutcomeOf(first));
        Assert.All(meanwhile, note => Assert.Null(driver.OutcomeOf(note)));

        driver.After(0.5);
        driver.Serve();

        Assert.All(meanwhile, note => Assert.Equal(NoteOutcome.Written, driver.OutcomeOf(note)));
        Assert.Equal(("3", "1"), (driver.Shown("a"), driver.Shown("b")));
        Assert.Equal(2, driver.All<ElectionOutput.Replace>().Count);
        Assert.Equal([1, 3], driver.Told<ElectionEvent.NotesWritten>().Select(told => told.Count));
    }

    [Fact]
    public void NotesAllTheTime_TwoRenewalsASecond_AndNoneBesideThem()
    {
        var driver = ElectorDriver.Leading();
        driver.IsServed = true;

        for (int i = 0; i < 1000; i++)
        {
            driver.Say("checkpoint", $"batch {i}");
            driver.After(0.01);
        }

        Assert.InRange(driver.All<ElectionOutput.Replace>().Count, 20, 21);
        driver.After(0.5);
        Assert.Equal("batch 999", driver.Shown("checkpoint"));
        Assert.All(driver.All<ElectionOutput.NotesSettled>(), settled => Assert.Equal(NoteOutcome.Written, settled.Outcome));
        Assert.Equal(1000, driver.All<ElectionOutput.NotesSettled>().Sum(settled => settled.Writes.Count));
    }

    [Fact]
    public void RenewalThatIsDueAnyway_CarriesWhatIsPending()
    {
        var driver = ElectorDriver.Leading();
        driver.After(2.9);
        driver.Say("a", "1");
        driver.Serve();
        driver.After(2.9);
        driver.Say("a", "2");
        driver.Serve();
        driver.After(0.05);
        NoteWrite note = driver.Say("a", "3");
        driver.SentNothing(); // Not half a second after the last.
        driver.SetWall(20); // But now a renewal has to prove the term.
        driver.Give(new ElectionInput.TimerFired());

        Assert.Equal("3", driver.Sent<ElectionOutput.Replace>().Annotations["note.leaseelection.dev/a"]);
        driver.Serve();
        Assert.Equal(NoteOutcome.Written, driver.OutcomeOf(note));
    }

    [Fact]
    public void WithoutNotes_WritesChangeNoAnnotations()
    {
        var driver = ElectorDriver.Leading();
        driver.After(3);

        Assert.Same(LeaseWrite.Unchanged, driver.Sent<ElectionOutput.Replace>().Annotations);
        Assert.Same(LeaseWrite.Unchanged, driver.All<ElectionOutput.Create>()[0].Annotations);
        Assert.Same(NoteTexts.None, driver.Elector.Notes);
    }

    [Fact]
    public void LostReply_AReadThatFindsIt_ConfirmsItOnce()
    {
        var driver = ElectorDriver.Leading();
        NoteWrite note = driver.Say("checkpoint", "batch 41");
        driver.LoseReply(committed: true);
        Assert.Null(driver.OutcomeOf(note));

        driver.After(1);
        driver.Sent<ElectionOutput.Read>();
        driver.Serve();

        Assert.Equal(NoteOutcome.Written, driver.OutcomeOf(note));
        driver.SentNothing();
    }

    [Fact]
    public void LostReply_TheWatchThatTellsIt_ConfirmsIt()
    {
        var driver = ElectorDriver.Leading();
        NoteWrite note = driver.Say("checkpoint", "batch 41");
        driver.LoseReply(committed: true);

        driver.See(driver.Server.Current!);

        Assert.Equal(NoteOutcome.Written, driver.OutcomeOf(note));
    }

    [Fact]
    public void LostReply_SomebodyHasChangedTheNoteSince_ItWasWrittenAllTheSame()
    {
        var driver = ElectorDriver.Leading();
        NoteWrite note = driver.Say("checkpoint", "batch 41");
        driver.LoseReply(committed: true);

        driver.Annotate(Checkpoint, "batch 7");

        Assert.Equal(NoteOutcome.Written, driver.OutcomeOf(note));
        Assert.Equal("batch 7", driver.Shown("checkpoint"));
        driver.After(3);
        driver.Serve();
        Assert.Equal("batch 7", driver.Annotation(Checkpoint));
    }

    [Fact]
    public void LostRequest_IsSaidAgain_AfterARenewalWithoutIt()
    {
        var driver = ElectorDriver.Leading();
        NoteWrite note = driver.Say("checkpoint", "batch 41");
        driver.LoseReply(committed: false);
        driver.After(1);
        driver.Serve();

        Assert.Empty(driver.Sent<ElectionOutput.Replace>().Annotations);
        driver.Serve();
        Assert.Null(driver.OutcomeOf(note));
        driver.After(0.5);
        Assert.Equal("batch 41", driver.Sent<ElectionOutput.Replace>().Annotations[Checkpoint]);
        driver.Serve();

        Assert.Equal(NoteOutcome.Written, driver.OutcomeOf(note));
    }

    /// <summary>The two renewals bear the same record then, and the one that took effect says nothing.</summary>
    [Fact]
    public void LostRequest_ClockStandsStill_TheRenewalWithoutItConfirmsNothing()
    {
        var driver = ElectorDriver.Leading();
        driver.After(1);
        NoteWrite note = driver.Say("checkpoint", "batch 41");
        LeaseRecord said = driver.Sent<ElectionOutput.Replace>().Record;
        driver.LoseReply(committed: false);
        driver.After(1);
        driver.SetWall(-1);
        driver.Serve();
        Assert.Equal(said, driver.Sent<ElectionOutput.Replace>().Record);

        driver.Serve();

        Assert.Null(driver.OutcomeOf(note));
        Assert.Null(driver.Shown("checkpoint"));
    }

    /// <summary>As when a network lets no long request through: a renewal without a note must have its turn in time.</summary>
    [Fact]
    public void RequestsWithNotesNeverArrive_TheTermGoesOn()
    {
        var driver = ElectorDriver.Leading();
        NoteWrite note = driver.Say("checkpoint", "batch 41");
        for (int i = 0; i < 300; i++)
        {
            if (driver.Pending is ElectionOutput.Replace { Annotations.Count: > 0 })
                driver.LoseReply(committed: false);
            else if (driver.Pending is not null)
                driver.Serve();
            driver.After(0.2);
        }

        Assert.Equal(LeaderElectionState.Leading, driver.State);
        Assert.Null(driver.OutcomeOf(note));
        Assert.InRange(driver.All<ElectionOutput.Replace>().Count(write => write.Annotations.Count > 0), 5, 12);
    }

    [Fact]
    public void ServerRefusesTheNote_TheTermGoesOn_AndWhoeverSaidItIsTold()
    {
        var driver = ElectorDriver.Leading();
        NoteWrite note = driver.Say("checkpoint", "batch 41");
        driver.Fail(Refused);
        NoteWrite later = driver.Say("later", "1");
        driver.After(1);
        driver.Serve();
        driver.Serve();

        Assert.Equal(NoteOutcome.Refused, driver.OutcomeOf(note));
        Assert.Equal(Refused, driver.All<ElectionOutput.NotesSettled>()[0].Error);
        Assert.Equal(["checkpoint"], Assert.Single(driver.Told<ElectionEvent.NotesRefused>()).Keys);
        Assert.Equal(LeaderElectionState.Leading, driver.State);
        driver.After(0.5);
        driver.Serve();
        Assert.Equal(NoteOutcome.Written, driver.OutcomeOf(later));
    }

    [Fact]
    public void ServerRefusesEverything_NotesWaitForTheEndOfTheTerm()
    {
        var driver = ElectorDriver.Leading();
        NoteWrite note = driver.Say("checkpoint", "batch 41");
        for (int i = 0; i < 100 && driver.State == LeaderElectionState.Leading; i++)
        {
            if (driver.Pending is not null)
                driver.Fail(Refused);
            driver.After(0.2);
        }

        Assert.Equal(NoteOutcome.LeadershipLost, driver.OutcomeOf(note));
        Assert.Empty(driver.Told<ElectionEvent.NotesRefused>());
    }

    [Fact]
    public void Conflict_ItIsSaidOfTheNewVersion()
    {
        var driver = ElectorDriver.Leading();
        driver.Annotate("example.com/owner", "payments", told: false);
        NoteWrite note = driver.Say("checkpoint", "batch 41");
        driver.Serve();
        driver.After(1);
        driver.Serve();
        driver.Serve();

        Assert.Equal(NoteOutcome.Written, driver.OutcomeOf(note));
        Assert.Equal(("payments", "batch 41"), (driver.Annotation("example.com/owner"), driver.Annotation(Checkpoint)));
    }

    [Fact]
    public void ConflictBeforeTheTerm_ItsFirstNoteIsSaidAtOnce()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.Released);
        driver.Server.Put(SomeRecord.HeldBy("faster"));
        driver.Serve();
        driver.Serve();
        driver.See(driver.Server.Put(SomeRecord.Released));
        while (driver.State != LeaderElectionState.Leading)
        {
            driver.After(0.1);
            if (driver.Pending is not null)
                driver.Serve();
        }

        NoteWrite note = driver.Say("checkpoint", "batch 41");
        driver.Serve();

        Assert.Equal(NoteOutcome.Written, driver.OutcomeOf(note));
    }

    [Fact]
    public void TermIsLost_NotesThatAreNotConfirmedAreToo()
    {
        var driver = ElectorDriver.Leading();
        NoteWrite note = driver.Say("checkpoint", "batch 41");
        driver.LoseReply(committed: true);

        driver.See(SomeRecord.HeldBy("other", transitions: 1));

        Assert.Equal(NoteOutcome.LeadershipLost, driver.OutcomeOf(note));
    }

    [Fact]
    public void ConfirmedAfterTheDeadline_IsLost()
    {
        var driver = ElectorDriver.Leading();
        NoteWrite note = driver.Say("checkpoint", "batch 41");
        driver.Freeze(10);

        driver.Serve();

        Assert.Equal(NoteOutcome.LeadershipLost, driver.OutcomeOf(note));
    }

    [Fact]
    public void NoteOfATermThatIsOver_IsRefused_AlsoInTheNextTerm()
    {
        var driver = ElectorDriver.Leading();
        TermFacts first = driver.Elector.Term!.Facts;
        driver.StepDown();
        driver.IsServed = true;
        driver.WorkStopped();
        driver.After(6.5);
        Assert.Equal(LeaderElectionState.Leading, driver.State);
        int written = driver.All<ElectionOutput.Replace>().Count;

        NoteWrite late = new(first, "checkpoint", "batch 41", NoteLife.Lease);
        driver.Give(new ElectionInput.NoteWanted(late));

        Assert.Equal(NoteOutcome.LeadershipLost, driver.OutcomeOf(late));
        driver.After(1);
        Assert.Equal(written, driver.All<ElectionOutput.Replace>().Count);
    }

    [Fact]
    public void WhileWorkDrains_NotesAreWritten()
    {
        var driver = ElectorDriver.Leading();
        driver.StopHost();

        NoteWrite note = driver.Say("checkpoint", "the last one");
        driver.Serve();

        Assert.Equal(NoteOutcome.Written, driver.OutcomeOf(note));
        driver.WorkStopped();
        driver.Serve();
        Assert.Equal("the last one", driver.Annotation(Checkpoint));
    }

    [Fact]
    public void Removed_ItIsGone()
    {
        var driver = ElectorDriver.Leading();
        driver.IsServed = true;
        driver.Say("a", "1");
        driver.After(1);
        driver.Say("a", null);
        driver.Say("never-there", null);

        driver.After(1);

        Assert.Empty(driver.Elector.Notes);
        Assert.Empty(driver.Server.Current!.ReadAnnotations());
    }

    [Fact]
    public void OtherLife_TakesThePlaceOfTheFirst()
    {
        var driver = ElectorDriver.Leading();
        driver.IsServed = true;
        driver.Say("a", "stays");
        driver.After(1);
        driver.Say("a", "goes", NoteLife.Term);
        driver.After(1);
        Assert.Equal("goes", driver.Shown("a"));
        Assert.Null(driver.Annotation("note.leaseelection.dev/a"));

        driver.Say("a", "stays again");
        driver.After(1);

        Assert.Equal("stays again", driver.Shown("a"));
        Assert.Equal(["note.leaseelection.dev/a"], driver.Server.Current!.ReadAnnotations().Keys);
    }

    [Fact]
    public void TooMuchTogether_IsRefused_AndLessIsNot()
    {
        var driver = ElectorDriver.Leading();
        driver.IsServed = true;
        string most = new('x', NoteRules.LongestValue - 1);
        foreach (string key in (string[])["a", "b", "c", "d"])
            Assert.NotEqual(NoteOutcome.TooMuch, driver.OutcomeOf(driver.Say(key, most)));

        NoteWrite full = driver.Say("e", "");
        NoteWrite less = driver.Say("a", most[1..]);
        NoteWrite fits = driver.Say("e", "");

        Assert.Equal(NoteOutcome.TooMuch, driver.OutcomeOf(full));
        driver.After(1);
        Assert.Equal((NoteOutcome.Written, NoteOutcome.Written), (driver.OutcomeOf(less), driver.OutcomeOf(fits)));
        Assert.Equal(NoteOutcome.TooMuch, driver.OutcomeOf(driver.Say("a", most)));
    }
}
