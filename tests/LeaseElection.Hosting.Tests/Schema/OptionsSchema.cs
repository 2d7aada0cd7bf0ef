using System.Text.Json.Nodes;
using LeaseElection.Testing.Schema;

namespace LeaseElection.Hosting.Tests.Schema;

/// <summary>The schema of the section <c>LeaderElection</c>.</summary>
internal static class OptionsSchema
{
    private const string Label = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";

    /// <summary>
    /// Names are what the API server accepts as such (RFC 1123). An empty one counts as not set: it may come from another source, or not
    /// be needed.
    /// </summary>
    private static readonly OptionsSection Options = new(typeof(LeaderElectionOptions).Assembly, new Dictionary<string, JsonObject>
    {
        [nameof(LeaderElectionOptions.LeaseName)] = new() { ["pattern"] = $@"^({Label}(\.{Label})*)?$", ["maxLength"] = 253 },
        [nameof(LeaderElectionOptions.LeaseNamespace)] = new() { ["pattern"] = $"^({Label})?$", ["maxLength"] = 63 },
        [nameof(PartitionOptions.Count)] = new() { ["minimum"] = 1, ["maximum"] = Partition.MostCount },
    });

    public static string Write()
    {
        // A named election has a section among the settings of the one without a name, and the same settings in it.
        JsonObject named = Options.Of(typeof(LeaderElectionOptions), new LeaderElectionOptions());
        named["description"] = "The settings of the election of this name, over those of LeaderElection: AddLeaderElection(\"name\").";
        JsonObject section = Options.Of(typeof(LeaderElectionOptions), new LeaderElectionOptions());
        section["description"] = Options.DescriptionOf(typeof(LeaderElectionOptions));
        section["additionalProperties"] = named;
        return OptionsSection.File(LeaderElectionOptions.SectionName, section, LeaderElectionTelemetry.MeterName);
    }
}
