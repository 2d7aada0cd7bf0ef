using LeaseElection.Soak.Checking;
using LeaseElection.Soak.Replicas;

namespace LeaseElection.Hosting.Tests;

public sealed class ProcessJournalTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ProcessJournal _journal = new();

    [Fact]
    public void ReadNew_KilledInTheMiddleOfALine_WholeLinesOnly()
    {
        string path = Path.Combine(_folder.Path, "journal");
        var reader = new LineReader(path);
        Assert.Empty(reader.ReadNew());
        using (var file = new LineFile(path))
            file.Write("start 1 a 7", "look 2 a 7");
        File.AppendAllText(path, "act 3 a");

        Assert.Equal(["start 1 a 7", "look 2 a 7"], reader.ReadNew());
        Assert.Empty(reader.ReadNew());

        File.AppendAllText(path, " 7\nend 4");
        Assert.Equal(["act 3 a 7"], reader.ReadNew());
    }

    [Fact]
    public void Runs_LastLineMissing_EndsWithTheProcess()
    {
        Add("start 0 a 7", "look 0 a 7", "act 0 a 7", "look 0 a 7");
        Assert.NotNull(_journal.Running);

        WorkRun run = Assert.Single(_journal.Runs(TimeSpan.FromSeconds(9)));

        Assert.Equal(TimeSpan.FromSeconds(9), run.End);
        Assert.Single(run.Acts);
        Assert.Empty(_journal.Damage);
    }

    [Theory]
    [InlineData("start 0 a")]
    [InlineData("start 0 a 7", "start 1 a 9")]
    [InlineData("end 0 a 7")]
    [InlineData("start 0 a 7", "end 1 a 8")]
    [InlineData("start 0 a 7", "end 1 a 7", "look 2 a 7", "act 2 a 7")]
    [InlineData("start 0 a 7", "act 1 a 7")]
    [InlineData("start 0 a 7", "look 1 a 7", "act 1 a 7", "act 2 a 7")]
    public void Add_WhatNoWorkMayWrite_IsDamage(params string[] lines)
    {
        Add(lines);

        Assert.NotEmpty(_journal.Damage);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    public void LeakedSince_WithinBounds_NothingElseEverything(int elections)
    {
        var before = new Vitals(Threads: 17, Files: 30, Sockets: 3, Timers: 3, Bytes: 1 << 20);
        Vitals most = Vitals.MostGrowth(elections);
        var now = new Vitals(17 + most.Threads, 30 + most.Files, 3 + most.Sockets, 3 + most.Timers, (1 << 20) + most.Bytes);
        var more = new Vitals(now.Threads + 1, now.Files + 1, now.Sockets + 1, now.Timers + 1, now.Bytes + 1);

        Assert.Empty(now.LeakedSince(before, most));
        Assert.Equal(5, more.LeakedSince(before, most).Count());
        Assert.Equal(more, Vitals.Parse(more.ToString()));
    }

    [Fact]
    public void Add_LinesOfTwoElections_EachHasItsOwn()
    {
        var journals = new ElectionJournals();

        journals.Add(ElectionJournals.Line(0, "start 0 a 7"));
        journals.Add(ElectionJournals.Line(12, "start 1 a 8"));
        journals.Add(ElectionJournals.Line(12, "end 3 a 8"));

        Assert.NotNull(journals.Of(0).Running);
        Assert.Null(journals.Of(12).Running);
        Assert.Single(journals.Of(12).Runs(TimeSpan.MaxValue));
        Assert.Empty(journals.Damage);
    }

    [Theory]
    [InlineData("start 0 a 7")]
    [InlineData("1 start")]
    [InlineData("")]
    public void Add_NoLineOfAnElection_IsDamage(string line)
    {
        var journals = new ElectionJournals();

        journals.Add(line);

        Assert.Single(journals.Damage);
    }

    public void Dispose() => _folder.Dispose();

    private void Add(params string[] lines)
    {
        foreach (string line in lines)
            _journal.Add(line);
    }
}
