using Microsoft.AspNetCore.Http;

namespace LeaseElection.Sidecar.Metrics;

/// <summary>Answers a scrape.</summary>
internal sealed class PrometheusEndpoint(PrometheusCollector collector)
{
    public Task GetAsync(HttpContext context)
    {
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        return context.Response.WriteAsync(collector.Scrape(), context.RequestAborted);
    }
}
