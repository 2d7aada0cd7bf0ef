using LeaseElection.Sidecar.Tests.Processes;

namespace LeaseElection.Sidecar.Tests.HandOver;

/// <summary>That the oracle can see: what <see cref="HandOverTests"/> must never find, found.</summary>
public sealed class CommandJournalTests : SidecarTest
{
    [Fact]
    public async Task Offences_TwoElectionsAroundOneResource_AreSeenByTheLock()
    {
        // What an election by mistake over two leases would do.
        var journal = new CommandJournal(Folder);
        SidecarProcess one = await RunScriptAsync(journal.Script, "--id=one");
        await one.UntilAsync(() => journal.Lines.Count == 1, "the first to start");
        SidecarProcess two = await RunScriptAsync(journal.Script, "--id=two", "--election=another");
        Assert.Equal(99, await two.Exited);
        Assert.Equal(["two found the lock held"], journal.Offences());
    }

    [Theory]
    [InlineData("two began while one ran", "start 1 one 5", "start 2 two 6")]
    [InlineData("two began with token 5 after 5", "start 1 one 5", "end 2 one 5", "start 3 two 5")]
    [InlineData("one ended with token 5, which did not run", "start 1 one 5", "end 2 one 5", "start 3 two 6", "end 4 two 6", "end 5 one 5")]
    [InlineData("two found the lock held", "start 1 one 5", "end 2 one 5", "overlap 3 two 6")]
    public void Offences_LinesThatMustNotBe_AreSeenByTheirOrder(string offence, params string[] lines)
    {
        File.WriteAllLines(Path.Combine(Folder, "journal"), lines);
        Assert.Equal([offence], new CommandJournal(Folder).Offences());
    }

    [Fact]
    public void Offences_OneAfterTheOther_AreNone()
    {
        File.WriteAllLines(Path.Combine(Folder, "journal"), ["start 1 one 5", "end 2 one 5", "start 3 two 6", "start 4 one 7"]);
        var journal = new CommandJournal(Folder);
        journal.Killed(new FencingToken(6));
        Assert.Empty(journal.Offences());
    }
}
