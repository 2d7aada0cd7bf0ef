using LeaseElection.Sidecar.Exec;

namespace LeaseElection.Sidecar.Tests.Exec;

public sealed class ProcessEntryTests
{
    [Theory]
    [InlineData("12 (sh) S 3 4 5 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0", false)]
    [InlineData("12 (a) Z 9 (b)) S 3 4 5 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0", false)]
    [InlineData("12 (sh) Z 3 4 5 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0", true)]
    [InlineData("12 (threads) Z 3 4 5 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 4 0", false)]
    public void Parse_Stat_IsRead(string stat, bool hasEnded) =>
        Assert.Equal(new ProcessEntry(12, Parent: 3, Group: 4, Session: 5, hasEnded), ProcessEntry.Parse(12, stat));

    [Fact]
    public void ReadAll_FindsUs() => Assert.Contains(ProcessEntry.ReadAll(), entry => entry.Id == Environment.ProcessId && !entry.HasEnded);
}
