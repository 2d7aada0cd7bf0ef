using System.Text.Json.Nodes;
using LeaseElection.Testing.Schema;

namespace LeaseElection.Hosting.Scheduling.Tests.Schema;

/// <summary>The schema of the section <c>ScheduledWork</c>.</summary>
internal static class ScheduleSchema
{
    private static readonly OptionsSection Options = new(typeof(ScheduleOptions).Assembly, new Dictionary<string, JsonObject>
    {
        // Up to a day, which is written with a day before the hours.
        [nameof(ScheduleOptions.StartingDeadline)] =
            new() { ["pattern"] = @"^(([01]?\d|2[0-3]):[0-5]?\d:[0-5]?\d(\.\d{1,7})?|1\.0?0:0?0:0?0)$" },
        [nameof(ScheduleOptions.MaxMissedRuns)] = new() { ["minimum"] = 1, ["maximum"] = 10_000 },
    });

    public static string Write()
    {
        JsonObject schedule = Options.Of(typeof(ScheduleOptions), new ScheduleOptions());
        schedule["description"] = Options.DescriptionOf(typeof(ScheduleOptions));
        var section = new JsonObject
        {
            ["type"] = "object",
            ["description"] = "Schedules by their names: AddScheduledWork(...).",
            ["propertyNames"] = new JsonObject
            {
                ["pattern"] = "^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$",
                ["maxLength"] = ScheduleName.MostLength,
            },
            ["additionalProperties"] = schedule,
        };
        return OptionsSection.File(ScheduleOptions.SectionName, section, typeof(ScheduleOptions).Namespace!);
    }
}
