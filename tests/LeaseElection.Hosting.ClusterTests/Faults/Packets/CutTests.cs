namespace LeaseElection.Hosting.ClusterTests.Faults.Packets;

public sealed class CutTests
{
    [Theory]
    [InlineData(8.6, 13.7, 0)]
    [InlineData(16.8, 15.0, 1.8)]
    [InlineData(16.8, null, 0)]
    public void Overlap_StoppedAndBegan_IsHowLongBothWorked(double stopped, double? began, double both)
    {
        var cut = new Cut("ours", default, TimeSpan.FromSeconds(stopped), began is { } at ? TimeSpan.FromSeconds(at) : null);

        Assert.Equal(TimeSpan.FromSeconds(both), cut.Overlap);
    }

    [Fact]
    public void Overlap_BeganAndNeverStopped_IsForEver() =>
        Assert.Equal(TimeSpan.MaxValue, new Cut("ours", default, Stopped: null, TimeSpan.FromSeconds(15)).Overlap);

    [Fact]
    public void Parse_ItsOwnRow_IsTheSame()
    {
        var cut = new Cut("ours", TimeSpan.FromSeconds(1.234), Stopped: null, TimeSpan.FromSeconds(13.7));

        Assert.Equal(cut, Cut.Parse(cut.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("| elector | last renewal before the cut | work stopped after it | the next began after it | worked side by side |")]
    [InlineData("|---|---|---|---|---|")]
    public void Parse_AnotherLine_IsNone(string line) => Assert.Null(Cut.Parse(line));
}
