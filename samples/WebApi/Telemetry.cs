using LeaseElection.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace WebApi;

/// <summary>Metrics and spans of the election, to where the usual <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says; none where it is not set.</summary>
internal static class Telemetry
{
    public static OpenTelemetrySdk? Start(WebApplication app)
    {
        if (string.IsNullOrEmpty(app.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
            return null;
        OpenTelemetrySdk telemetry = OpenTelemetrySdk.Create(otel => otel
            .ConfigureResource(resource => resource.AddService("web-api").AddEnvironmentVariableDetector()) // OTEL_RESOURCE_ATTRIBUTES win.
            .WithMetrics(metrics => metrics.AddMeter(LeaderElectionTelemetry.MeterName))
            .WithTracing(tracing => tracing.AddSource(LeaderElectionTelemetry.ActivitySourceName))
            .UseOtlpExporter());

        // Once more when the lease is released: the last value of a process that leads no longer must not be 1 until somebody forgets it.
        app.Lifetime.ApplicationStopped.Register(() => telemetry.MeterProvider.ForceFlush(timeoutMilliseconds: 2000));
        return telemetry;
    }
}
