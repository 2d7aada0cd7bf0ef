using LeaseElection.Testing.Journal;

namespace LeaseElection.Hosting.Tests;

/// <summary>A journal that found nothing would prove nothing: each offence is found, and sound work has none.</summary>
public sealed class WorkJournalTests
{
    private static readonly long Second = TimeProvider.System.TimestampFrequency;

    private readonly WorkJournal _journal = new();

    [Fact]
    public void Report_OneAfterTheOther_IsSoundAndCounted()
    {
        Read("start 0 a 7", "end 3 a 7", "start 5 b 9", "end 6 b 9", "noise", "start 6 b 10");

        WorkReport report = _journal.AssertSound();

        Assert.Equal((3, 1, TimeSpan.FromSeconds(2)), (report.Terms, report.HandOvers, report.LongestGap));
    }

    [Theory]
    [InlineData("start 0 a 7", "start 2 b 9", "end 3 a 7", "end 4 b 9")]
    [InlineData("start 0 a 7", "start 2 b 9", "end 3 b 9", "end 4 a 7")]
    [InlineData("start 0 a 7", "start 2 b 9")]
    [InlineData("start 0 a 7", "end 2 a 7", "start 3 b 7")]
    [InlineData("start 0 a 7", "end 2 a 7", "start 3 b 6", "end 4 b 6")]
    [InlineData("start 0 a 7", "end 2 a 7", "start 3 b 8", "act 4 a 7")]
    public void Report_Offence_IsFoundAndFailsATest(params string[] lines)
    {
        Read(lines);

        Assert.NotEmpty(_journal.Report().Offences);
        Assert.ThrowsAny<Exception>(() => _journal.AssertSound());
    }

    [Fact]
    public void Died_WorkThatRan_EndsThen()
    {
        Read("start 0 a 7");
        _journal.Died("a", Second);
        Read("start 2 b 9");

        _journal.AssertSound();
    }

    [Fact]
    public void AssertSound_PausedProcess_MayEndLateButNotAct()
    {
        Read("start 0 a 7", "act 1 a 7", "start 3 b 9", "end 4 a 7");
        _journal.AssertSound(pausedIdentity: "a");

        Read("act 5 a 7");
        Assert.NotEmpty(_journal.Report(pausedIdentity: "a").Offences);
    }

    /// <summary>With seconds for ticks, to be read.</summary>
    private void Read(params string[] lines)
    {
        foreach (string[] words in lines.Select(line => line.Split(' ')))
        {
            if (words.Length > 1)
                words[1] = (int.Parse(words[1], null) * Second).ToString((IFormatProvider?)null);
            Assert.Equal(words.Length > 1, _journal.Read(string.Join(' ', words)));
        }
    }
}
