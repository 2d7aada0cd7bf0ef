using LeaseElection.Sidecar.Flags;

namespace LeaseElection.Sidecar.Tests.Flags;

/// <summary>Each value was given to Go's <c>time.ParseDuration</c>'s description: what it takes we take, and nothing else.</summary>
public sealed class GoDurationTests
{
    [Theory]
    [InlineData("10s", 10)]
    [InlineData("1m30s", 90)]
    [InlineData("1.5h", 5400)]
    [InlineData("0", 0)]
    [InlineData("+5s", 5)]
    [InlineData("-1.5s", -1.5)]
    [InlineData("300ms", 0.3)]
    [InlineData("2h45m", 9900)]
    [InlineData(".5s", 0.5)]
    [InlineData("1.s", 1)]
    [InlineData("100us", 0.0001)]
    [InlineData("100µs", 0.0001)]
    [InlineData("100μs", 0.0001)]
    [InlineData("1h1m1s1ms1us", 3661.001001)]
    [InlineData("1000000ns", 0.001)]
    public void TryParse_WhatGoTakes_IsTaken(string text, double seconds)
    {
        Assert.True(GoDuration.TryParse(text, out TimeSpan duration));
        Assert.Equal(TimeSpan.FromSeconds(seconds), duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("s")]
    [InlineData("10 s")]
    [InlineData("1mx")]
    [InlineData("1d")]
    [InlineData("10S")]
    [InlineData("--1s")]
    [InlineData("1..5s")]
    [InlineData(".s")]
    [InlineData("1,5s")]
    [InlineData("00:00:10")]
    [InlineData("9999999999999999999h")]
    public void TryParse_WhatGoRefuses_IsRefused(string text) => Assert.False(GoDuration.TryParse(text, out _));

    [Theory]
    [InlineData(6.6666, "6.667s")]
    [InlineData(15, "15s")]
    [InlineData(0.2, "0.2s")]
    public void Format_Duration_CanBeTyped(double seconds, string text) =>
        Assert.Equal(text, GoDuration.Format(TimeSpan.FromSeconds(seconds)));
}
