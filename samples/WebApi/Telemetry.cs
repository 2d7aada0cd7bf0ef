using LeaseElection.Hosting;
using OpenTelemetry;
using OpenTelemetry.Resources;

namespace WebApi;

/// <summary>
/// Metrics and spans of the election, to where the usual <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says; none where it is not set.
/// </summary>
internal static class Telemetry
{
    public static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        if (string.IsNullOrEmpty(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
            return;
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("web-api").AddEnvironmentVariableDetector()) // OTEL_RESOURCE_ATTRIBUTES win.
            .WithMetrics(metrics => metrics.AddMeter(LeaderElectionTelemetry.MeterName))
            .WithTracing(tracing => tracing.AddSource(LeaderElectionTelemetry.ActivitySourceName))
            .UseOtlpExporter();
    }
}
