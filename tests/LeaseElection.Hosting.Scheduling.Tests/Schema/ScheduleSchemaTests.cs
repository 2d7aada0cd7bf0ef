using System.Text;
using System.Text.Json;
using Json.Schema;
using LeaseElection.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LeaseElection.Hosting.Scheduling.Tests.Schema;

/// <summary>What editors say of the section <c>ScheduledWork</c> is what the host says when it starts.</summary>
public sealed class ScheduleSchemaTests
{
    private const string WriteVariable = "LEASEELECTION_WRITE_SCHEMA";

    private static readonly string SchemaFile =
        Path.Combine(Checkout.Root, "src", "LeaseElection.Hosting.Scheduling", "ConfigurationSchema.json");

    private static readonly Lazy<JsonSchema> Schema = new(() =>
        JsonSchema.FromFile(SchemaFile, new BuildOptions { Dialect = Dialect.Draft07 }));

    [Fact]
    public void ScheduleFile_IsWhatTheOptionsAndTheirDocumentationGive()
    {
        if (Environment.GetEnvironmentVariable(WriteVariable) == "true")
            File.WriteAllText(SchemaFile, ScheduleSchema.Write());

        Assert.True(
            File.ReadAllText(SchemaFile) == ScheduleSchema.Write(),
            $"The options or their documentation have changed since {SchemaFile} was written. Write it again:\n"
                + $"{WriteVariable}=true dotnet test tests/LeaseElection.Hosting.Scheduling.Tests -c Release "
                + $"--filter {nameof(ScheduleFile_IsWhatTheOptionsAndTheirDocumentationGive)}");
    }

    [Theory]
    [InlineData("""{ "nightly": { "Cron": "0 3 * * *", "TimeZone": "Europe/Zurich" } }""")]
    [InlineData("""{ "nightly": { "Missed": "Skip", "StartingDeadline": "00:00:30" } }""")]
    [InlineData("""{ "nightly": { "Missed": "Skip", "StartingDeadline": "1.00:00:00" } }""")]
    [InlineData("""{ "nightly": { "Missed": "RunAll", "MaxMissedRuns": 10000, "Delivery": "AtLeastOnce" } }""")]
    public void Schema_WhatTheHostTakes_IsValid(string section)
    {
        Assert.True(IsValid(section));
        Assert.Null(Refusal(section));
    }

    [Theory]
    [InlineData("""{ "nightly": { "Crom": "0 3 * * *" } }""")]
    [InlineData("""{ "nightly": "0 3 * * *" }""")]
    [InlineData("""{ "nightly": { "Missed": "Never" } }""")]
    [InlineData("""{ "nightly": { "StartingDeadline": "10" } }""")]
    [InlineData("""{ "nightly": { "StartingDeadline": "1.00:00:01" } }""")]
    [InlineData("""{ "nightly": { "MaxMissedRuns": 0 } }""")]
    [InlineData("""{ "nightly": { "MaxMissedRuns": 10001 } }""")]
    [InlineData("""{ "-nightly": { "TimeZone": "UTC" } }""")]
    public void Schema_WhatTheHostRefuses_IsNotValid(string section)
    {
        Assert.False(IsValid(section));
        Assert.NotNull(Refusal(section));
    }

    private static string Configuration(string section) => $$"""{ "ScheduledWork": {{section}} }""";

    private static bool IsValid(string section) => Schema.Value.Evaluate(JsonElement.Parse(Configuration(section))).IsValid;

    /// <summary>What a host says of it that has the schedule "nightly", or null.</summary>
    private static string? Refusal(string section)
    {
        using var json = new MemoryStream(Encoding.UTF8.GetBytes(Configuration(section)));
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddJsonStream(json).Build());
        services.AddLeaderElection(options => options.LeaseName = "jobs").AddScheduledWork(
            "nightly", "0 3 * * *", (_, _, _) => Task.CompletedTask);
        using ServiceProvider provider = services.BuildServiceProvider();
        return Record.Exception(() => provider.GetRequiredService<IOptionsMonitor<ScheduleOptions>>().Get("nightly"))?.Message;
    }
}
