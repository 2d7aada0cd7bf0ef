using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Election.Notes;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.Election;

namespace LeaseElection.Hosting.Tests.Election.Notes;

/// <summary>What a term says of itself is never seen beside another holder or another term, whoever that is (design 14).</summary>
public class TermNotesTests
{
    private const string Endpoint = "term.leaseelection.dev/endpoint";
    private static readonly LeaseStoreError Refused = new(LeaseStoreErrorKind.Rejected, "admission webhook denied the request");

    [Fact]
    public void TermNote_TellsWhoseItIs()
    {
        var driver = Leading();

        Assert.Equal("http://10.0.0.7", driver.Shown("endpoint"));
        LeaseRecord record = driver.Server.Current!.Record;
        Assert.Equal($"{record.AcquireTime:yyyy-MM-ddTHH:mm:ss.ffffff}Z me http://10.0.0.7", driver.Annotation(Endpoint));
    }

    [Fact]
    public void Renewals_LeaveItAsItIs()
    {
        var driver = Leading();
        driver.IsServed = true;

        driver.After(100);

        Assert.Equal("http://10.0.0.7", driver.Shown("endpoint"));
    }

    /// <summary>As client-go takes over: it keeps the annotations.</summary>
    [Fact]
    public void AnotherElectorTakesOverAndClearsNothing_ItIsNotShown()
    {
        var driver = Leading();

        driver.See(SomeRecord.HeldBy("other", transitions: 1));

        Assert.NotNull(driver.Annotation(Endpoint));
        Assert.Empty(driver.Elector.Notes);
    }

    [Fact]
    public void SomebodyEditsTheHolderOnly_ItIsNotShown()
    {
        var driver = Leading();

        driver.See(driver.Server.Current!.Record with { HolderIdentity = "other" });

        Assert.Empty(driver.Elector.Notes);
    }

    [Fact]
    public void SameHolderInALaterTerm_ItIsNotShown()
    {
        var driver = Leading();

        driver.See(driver.Server.Current!.Record with { AcquireTime = driver.Now.Wall.AddSeconds(1) });

        Assert.Empty(driver.Elector.Notes);
    }

    [Fact]
    public void OurTakeOver_ClearsWhatTermsBeforeHaveSaid()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("other"));
        driver.Annotate(Endpoint, "2026-01-01T00:00:00.000000Z other http://10.0.0.8");
        driver.Annotate("term.leaseelection.dev/older", "2025-01-01T00:00:00.000000Z older http://10.0.0.9");
        Assert.Equal("http://10.0.0.8", driver.Shown("endpoint"));
        Assert.Null(driver.Shown("older"));

        driver.IsServed = true;
        driver.After(16);

        Assert.Equal(LeaderElectionState.Leading, driver.State);
        Assert.Empty(driver.Server.Current!.ReadAnnotations());
    }

    [Fact]
    public void Release_ClearsIt()
    {
        var driver = Leading();
        driver.StopHost();
        driver.WorkStopped();
        driver.Serve();

        Assert.False(driver.Server.Current!.Record.HasHolder);
        Assert.Empty(driver.Server.Current.ReadAnnotations());
    }

    [Fact]
    public void FirstNotes_GoWithTheWriteThatBeginsTheTerm()
    {
        ElectorDriver driver = TakingOver();

        Assert.Single(driver.Sent<ElectionOutput.Create>().Annotations);
        driver.Serve();

        Assert.Equal(LeaderElectionState.Leading, driver.State);
        Assert.Equal("http://10.0.0.7", driver.Shown("endpoint"));
    }

    [Fact]
    public void FirstNotes_TakeThePlaceOfThoseOfTheTermBefore()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("other"));
        driver.Annotate(Endpoint, "2026-01-01T00:00:00.000000Z other http://10.0.0.8");
        driver.Annotate("term.leaseelection.dev/pod", "2026-01-01T00:00:00.000000Z other uid-1");
        driver.Give(new ElectionInput.FirstNotesChanged(new Dictionary<string, string> { ["endpoint"] = "http://10.0.0.7" }));

        driver.IsServed = true;
        driver.After(16);

        Assert.Equal(["endpoint"], driver.Elector.Notes.Keys);
        Assert.Equal("http://10.0.0.7", driver.Shown("endpoint"));
        Assert.Null(driver.Annotation("term.leaseelection.dev/pod"));
    }

    /// <summary>As from an admission webhook that lets nobody annotate a Lease: otherwise nobody would ever lead.</summary>
    [Fact]
    public void FirstNotesAreRefused_TheTermBeginsWithout_AndTheNextOneSaysThemAgain()
    {
        ElectorDriver driver = BegunWithout();

        driver.Serve(); // It says them with the first renewal.
        Assert.Single(driver.Sent<ElectionOutput.Replace>().Annotations);
        driver.Fail(Refused);
        driver.IsServed = true;
        driver.After(2);

        Assert.Equal(LeaderElectionState.Leading, driver.State);
        Assert.Empty(driver.Elector.Notes);
        Assert.Equal(["endpoint"], Assert.Single(driver.Told<ElectionEvent.NotesRefused>()).Keys);

        driver.See(SomeRecord.HeldBy("other", transitions: 1));
        driver.Give(new ElectionInput.WorkStopped());
        driver.After(20);
        Assert.Equal(LeaderElectionState.Leading, driver.State);
        Assert.Equal("http://10.0.0.7", driver.Shown("endpoint"));
        Assert.Single(driver.Told<ElectionEvent.NotesRefused>());
    }

    /// <summary>As by an API server that was just started, and has not read yet what it has granted.</summary>
    [Fact]
    public void TakeOverIsRefusedForAnotherReason_TheFirstRenewalSaysTheNotes()
    {
        ElectorDriver driver = BegunWithout();

        driver.IsServed = true;
        driver.After(1);

        Assert.Equal("http://10.0.0.7", driver.Shown("endpoint"));
        Assert.Empty(driver.Told<ElectionEvent.NotesRefused>());
    }

    /// <summary>As by a policy that holds annotations to what they were, and has come after the notes of an earlier term.</summary>
    [Fact]
    public void NotesMayNotBeTakenAwayEither_TheLeaseIsTakenAsItIs()
    {
        var driver = ElectorDriver.StandingBy(SomeRecord.HeldBy("other"));
        driver.Annotate(Endpoint, "2026-01-01T00:00:00.000000Z other http://10.0.0.8");
        driver.IsServed = true;
        driver.After(14);
        driver.IsServed = false;
        driver.After(2);
        Assert.Null(Assert.Single(driver.Sent<ElectionOutput.Replace>().Annotations).Value);

        driver.Fail(Refused);
        driver.After(2);
        driver.Serve(); // It reads first.

        Assert.Empty(driver.Sent<ElectionOutput.Replace>().Annotations);
        driver.Serve();
        Assert.Equal(LeaderElectionState.Leading, driver.State);
        Assert.Empty(driver.Elector.Notes);
    }

    [Fact]
    public void NotesMayNotBeTakenAwayEither_TheLeaseIsReleasedAsItIs()
    {
        var driver = Leading();
        driver.StopHost();
        driver.WorkStopped();
        Assert.Null(Assert.Single(driver.Sent<ElectionOutput.Replace>().Annotations).Value);

        driver.Fail(Refused);
        driver.After(1);
        driver.Serve(); // It reads first.

        Assert.Empty(driver.Sent<ElectionOutput.Replace>().Annotations);
        driver.Serve();
        Assert.False(driver.Server.Current!.Record.HasHolder);
        Assert.Empty(driver.Elector.Notes);
    }

    [Fact]
    public void EverythingIsRefused_NotesAreSaidAgain_AndNobodyIsTold()
    {
        ElectorDriver driver = TakingOver();
        for (int i = 0; i < 2; i++)
        {
            driver.Fail(Refused);
            driver.After(5);
            driver.Serve(); // It reads, and writes again.
        }

        driver.IsServed = true;
        driver.After(5);

        Assert.Equal("http://10.0.0.7", driver.Shown("endpoint"));
        Assert.Empty(driver.Told<ElectionEvent.NotesRefused>());
    }

    [Theory]
    [InlineData("a")]
    [InlineData("a b")]
    [InlineData("a%20b")]
    [InlineData("")]
    [InlineData("Zürich\n")]
    public void MarkOf_AnyIdentity_HasTwoSpaces(string identity)
    {
        string? mark = NoteAnnotations.MarkOf(SomeRecord.HeldBy(identity));

        Assert.Equal(identity.Length == 0 ? 0 : 2, mark?.Count(character => character == ' ') ?? 0);
        Assert.DoesNotContain('\n', mark ?? "");
    }

    [Fact]
    public void Read_HolderWithoutAcquireTime_HasNoTermToSpeakOf()
    {
        LeaseRecord record = SomeRecord.HeldBy("other") with { AcquireTime = null };

        Assert.Null(NoteAnnotations.MarkOf(record));
    }

    /// <summary>The first take-over is under way, of one that publishes an endpoint.</summary>
    private static ElectorDriver TakingOver()
    {
        var driver = new ElectorDriver();
        driver.Give(new ElectionInput.FirstNotesChanged(new Dictionary<string, string> { ["endpoint"] = "http://10.0.0.7" }));
        driver.Serve();
        return driver;
    }

    /// <summary>A term whose take-over was refused with what it has to say, and taken without.</summary>
    private static ElectorDriver BegunWithout()
    {
        ElectorDriver driver = TakingOver();
        Assert.Single(driver.Sent<ElectionOutput.Create>().Annotations);
        driver.Fail(Refused);
        driver.After(3);
        driver.Serve(); // It reads first.
        Assert.Empty(driver.Sent<ElectionOutput.Create>().Annotations);
        return driver;
    }

    private static ElectorDriver Leading()
    {
        var driver = ElectorDriver.Leading();
        driver.Say("endpoint", "http://10.0.0.7", NoteLife.Term);
        driver.Serve();
        return driver;
    }
}
