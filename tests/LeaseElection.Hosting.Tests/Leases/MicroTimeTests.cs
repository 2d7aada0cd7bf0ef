using System.Globalization;
using System.Text.Json;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Tests.Leases;

public sealed class MicroTimeTests
{
    [Theory]
    [InlineData("2026-01-31T23:59:59.1234567+00:00", "2026-01-31T23:59:59.123456Z")]
    [InlineData("2026-01-31T23:59:59+00:00", "2026-01-31T23:59:59.000000Z")]
    [InlineData("2026-01-31T23:59:59.1+00:00", "2026-01-31T23:59:59.100000Z")]
    [InlineData("2026-01-31T23:59:59.9999999+00:00", "2026-01-31T23:59:59.999999Z")]
    [InlineData("2026-01-31T23:59:59.5+02:00", "2026-01-31T21:59:59.500000Z")]
    [InlineData("2024-02-29T00:00:00+00:00", "2024-02-29T00:00:00.000000Z")]
    [InlineData("0001-01-01T00:00:00+00:00", "0001-01-01T00:00:00.000000Z")]
    [InlineData("9999-12-31T23:59:59.999999+00:00", "9999-12-31T23:59:59.999999Z")]
    public void Write_AnyTime_SixDigitsInUtc(string time, string expected)
    {
        LeaseRecord record = new() { RenewTime = DateTimeOffset.Parse(time, CultureInfo.InvariantCulture) };

        string json = JsonSerializer.Serialize(new LeaseDocument().With(record), LeaseJsonContext.Default.LeaseDocument);

        Assert.Contains($"\"renewTime\":\"{expected}\"", json, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"2026-01-31T23:59:59.123456Z\"", "2026-01-31T23:59:59.123456+00:00")]
    [InlineData("\"2026-01-31T23:59:59Z\"", "2026-01-31T23:59:59+00:00")]
    [InlineData("\"2026-01-31T23:59:59.5+02:00\"", "2026-01-31T21:59:59.5+00:00")]
    [InlineData("\"2026-01-31T23:59:59.123456789Z\"", "2026-01-31T23:59:59.123456+00:00")]
    [InlineData("\"0001-01-01T00:00:00Z\"", "0001-01-01T00:00:00+00:00")]
    [InlineData("\"\"", null)]
    [InlineData("null", null)]
    public void Read_TimesOthersWrite_Understood(string json, string? expected)
    {
        DateTimeOffset? time = Read(json);

        Assert.Equal(expected is null ? null : DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture), time);
        Assert.Equal(TimeSpan.Zero, time?.Offset ?? TimeSpan.Zero);
    }

    [Theory]
    [InlineData("\"yesterday\"")]
    [InlineData("\"2026-02-30T00:00:00.000000Z\"")]
    [InlineData("\"12:00\"")]
    [InlineData("\"2026-01-31\"")]
    [InlineData("\"1/2/2026 12:00:00Z\"")]
    [InlineData("\"2026-01-31T12:00:00\"")]
    [InlineData("1769903999")]
    [InlineData("{}")]
    public void Read_NoTime_JsonException(string json) => Assert.Throws<JsonException>(() => Read(json));

    private static DateTimeOffset? Read(string json) => JsonSerializer
        .Deserialize($$"""{ "spec": { "renewTime": {{json}} } }""", LeaseJsonContext.Default.LeaseDocument)!.Spec!.Record.RenewTime;
}
