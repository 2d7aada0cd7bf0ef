using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using LeaseElection.Hosting;
using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Scheduling;
using Microsoft.Extensions.DependencyInjection;

namespace LeaseElection.Chart.Tests;

/// <summary>What the library's instruments and tags are called in Prometheus.</summary>
internal static partial class PrometheusNames
{
    private static readonly string[] Tags =
    [
        TelemetryTags.LeaseName, TelemetryTags.LeaseNamespace, TelemetryTags.Transition, TelemetryTags.Reason, TelemetryTags.Operation,
        TelemetryTags.ErrorType, ScheduleInstruments.NameTag, ScheduleInstruments.OutcomeTag,
    ];

    /// <summary>What OpenTelemetry makes of the instruments for Prometheus.</summary>
    public static string[] Metrics()
    {
        using ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        List<string> metrics = [];
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name != LeaderElectionTelemetry.MeterName)
                    return;
                string name = instrument.Name.Replace('.', '_') + (instrument.Unit == "s" ? "_seconds" : "");
                metrics.Add(instrument.GetType().Name.StartsWith("Counter", StringComparison.Ordinal) ? name + "_total" : name);
            },
        };
        listener.Start();
        _ = new ElectionInstruments(services.GetRequiredService<IMeterFactory>());
        _ = new ScheduleInstruments(services.GetRequiredService<IMeterFactory>());
        return [.. metrics.Distinct()];
    }

    /// <summary>Whether a query asks for nothing that the library does not measure.</summary>
    public static void AssertKnown(string query)
    {
        string[] labels = [.. Tags.Select(tag => tag.Replace('.', '_'))];
        string[] known =
        [
            .. Metrics(), .. Metrics().Select(name => name + "_bucket"), .. Metrics().Select(name => name + "_count"), .. labels
        ];
        string[] used = [.. Names().Matches(query).Select(match => match.Value)];

        Assert.NotEmpty(used);
        Assert.Empty(used.Except(known));
    }

    [GeneratedRegex("(leader_election|error)_[a-z_]+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Names();
}
