namespace LeaseElection.Hosting.Yarp.Tests.Load;

/// <summary>The judge of the load sees what must not be.</summary>
public sealed class LoadReportTests
{
    private static readonly Answer First = Of(1, 2, "alice", 7);

    [Fact]
    public void AnswersInOrder_AreRight()
    {
        // The third was asked before anybody knew of the second's term.
        LoadReport report = LoadReport.Of([First, Of(3, 5, "bob", 8), Of(4, 6, "alice", 7), Of(7, 8, "bob", 8)]);

        Assert.Equal((4, 2, 0), (report.Answered, report.Forwarded, report.Refused));
        Assert.Empty(report.Wrong);
    }

    [Fact]
    public void AnswerOfAFormerLeader_IsWrong()
    {
        LoadReport report = LoadReport.Of([First, Of(3, 4, "bob", 8), Of(5, 6, "alice", 7)]);

        Assert.Equal("alice answered in term 7 what was asked after an answer in term 8", Assert.Single(report.Wrong));
    }

    [Fact]
    public void Refusals_StrangeAnswersAndNone_AreToldApart()
    {
        Answer none = First with { By = null, Token = default };

        LoadReport report = LoadReport.Of(
            [First, none with { Refused = true }, none with { Failure = "500" }, none with { Failure = "reset", Lost = true }]);

        Assert.Equal((1, 1), (report.Answered, report.Refused));
        Assert.Equal(["500"], report.Wrong);
        Assert.Equal(["reset"], report.Lost);
    }

    private static Answer Of(long sent, long received, string by, int token) =>
        new(sent, received, "alice", by, new FencingToken((UInt128)token), Refused: false, Failure: null, Lost: false);
}
