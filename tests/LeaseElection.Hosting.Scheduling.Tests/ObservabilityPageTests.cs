using LeaseElection.Hosting.Tests;
using LeaseElection.Testing.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace LeaseElection.Hosting.Scheduling;

/// <summary>The tables of docs/observability.md name what schedules measure and log, all of it and nothing else.</summary>
public sealed class ObservabilityPageTests
{
    private const string Page = "observability.md";

    [Fact]
    public void InstrumentTable_IsWhatIsMeasured()
    {
        using ServiceProvider provider = new ServiceCollection().AddMetrics().AddSingleton<ScheduleInstruments>().BuildServiceProvider();
        using var recorder = new MeasurementRecorder(provider);
        _ = provider.GetRequiredService<ScheduleInstruments>();

        Assert.Equal(
            recorder.Instruments.Select(one => (one.Name, $"{one.GetType().Name.Split('`')[0]}, `{one.Unit}`", one.Description!)).Order(),
            MarkdownTable.Rows(Page, "instrument of schedules").Select(row => (row[0].Trim('`'), row[1], row[3])).Order());
    }

    [Fact]
    public void LogTable_IsEveryLoggerMessage() => LogTable.IsEveryMessageOf(typeof(ScheduleLog).Assembly, "id of schedules");
}
