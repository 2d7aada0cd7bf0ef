using System.Globalization;
using LeaseElection.Hosting.Configuration;

namespace LeaseElection.Hosting.Tests;

public class DurationTextTests
{
    [Theory]
    [InlineData("00:00:15", 15)]
    [InlineData("0:1:5", 65)]
    [InlineData(" 00:00:15 ", 15)]
    [InlineData("00:00:02.5", 2.5)]
    [InlineData("-00:00:01", -1)]
    [InlineData("1.00:00:00", 86400)]
    public void TryParse_ThreeParts_IsThat(string text, double seconds)
    {
        Assert.True(DurationText.TryParse(text, out TimeSpan value));
        Assert.Equal(seconds, value.TotalSeconds);
    }

    [Theory]
    [InlineData("00:15", "hours:minutes:seconds: write \"00:00:15\" for 15 seconds, or \"00:15:00\" for 15 minutes")]
    [InlineData("0:1", "hours:minutes:seconds: write \"00:00:01\" for 1 second, or \"00:01:00\" for 1 minute")]
    [InlineData("1:30", "hours:minutes:seconds: write \"00:01:30\" for 1 minute 30 seconds, or \"01:30:00\" for 1 hour 30 minutes")]
    [InlineData("90:00", "hours:minutes:seconds: write \"01:30:00\" for 1 hour 30 minutes")]
    [InlineData("15", "hours:minutes:seconds: write \"00:00:15\" for 15 seconds")]
    [InlineData("90", "hours:minutes:seconds: write \"00:01:30\" for 1 minute 30 seconds")]
    [InlineData("1.5", "hours:minutes:seconds: write \"00:00:01.5\" for 1.5 seconds")]
    [InlineData("2,5", "hours:minutes:seconds: write \"00:00:02.5\" for 2.5 seconds")]
    [InlineData("00:00:01,5", "hours:minutes:seconds: write \"00:00:01.5\" for 1.5 seconds")]
    [InlineData("00:00:90", "hours:minutes:seconds: write \"00:01:30\" for 1 minute 30 seconds")]
    [InlineData("15s", "hours:minutes:seconds: write \"00:00:15\" for 15 seconds")]
    [InlineData("15 Seconds", "hours:minutes:seconds: write \"00:00:15\" for 15 seconds")]
    [InlineData("500ms", "hours:minutes:seconds: write \"00:00:00.5\" for 0.5 seconds")]
    [InlineData("20 milliseconds", "hours:minutes:seconds: write \"00:00:00.02\" for 0.02 seconds")]
    [InlineData("1m30s", "hours:minutes:seconds: write \"00:01:30\" for 1 minute 30 seconds")]
    [InlineData("1h", "hours:minutes:seconds: write \"01:00:00\" for 1 hour")]
    [InlineData("PT5S", "hours:minutes:seconds: write \"00:00:05\" for 5 seconds")]
    [InlineData("PT", DurationText.Expected)]
    [InlineData("0", DurationText.Expected)]
    [InlineData("00:00", DurationText.Expected)]
    [InlineData("-15", DurationText.Expected)]
    [InlineData("24:00:00", DurationText.Expected)]
    [InlineData("1:00:00:00", DurationText.Expected)]
    [InlineData("::", DurationText.Expected)]
    [InlineData("1e3", DurationText.Expected)]
    [InlineData("15 apples", DurationText.Expected)]
    [InlineData("99999999999999999999999", DurationText.Expected)]
    [InlineData("never", DurationText.Expected)]
    public void TryParse_AnythingElse_IsRefusedWithWhatToWrite(string text, string expected)
    {
        Assert.False(DurationText.TryParse(text, out _));
        Assert.Equal(expected, DurationText.ExpectedFor(text));
    }

    [Fact]
    public void ExpectedFor_WhatItSays_IsAccepted()
    {
        Assert.All(["00:15", "15", "1.5", "500ms", "PT1M30S"], text =>
        {
            string[] advised = [.. DurationText.ExpectedFor(text).Split('"').Where((_, i) => i % 2 == 1)];
            Assert.NotEmpty(advised);
            Assert.All(advised, fix => Assert.True(DurationText.TryParse(fix, out _), fix));
        });
    }

    [Fact]
    public void TryParse_OtherCulture_IsTheSame()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (culture.NumberFormat.NumberDecimalSeparator, culture.DateTimeFormat.TimeSeparator) = (",", ".");
        try
        {
            CultureInfo.CurrentCulture = culture;
            Assert.True(DurationText.TryParse("00:00:01.5", out TimeSpan value));
            Assert.Equal(1500, value.TotalMilliseconds);
            Assert.Equal("hours:minutes:seconds: write \"00:00:01.5\" for 1.5 seconds", DurationText.ExpectedFor("1.5"));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
