using System.Diagnostics.Metrics;
using LeaseElection.Sidecar.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace LeaseElection.Sidecar.Tests.Metrics;

/// <summary>The text format 0.0.4, and names as the rules of OpenTelemetry make them.</summary>
public sealed class PrometheusTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly Meter _meter;
    private readonly PrometheusCollector _collector;

    public PrometheusTests()
    {
        IMeterFactory meters = _services.GetRequiredService<IMeterFactory>();
        _collector = new PrometheusCollector(meters);
        _meter = meters.Create(LeaderElectionTelemetry.MeterName);
    }

    public void Dispose()
    {
        _collector.Dispose();
        _services.Dispose();
    }

    [Fact]
    public void Scrape_NothingMeasured_IsEmpty() => Assert.Equal("", _collector.Scrape());

    [Fact]
    public void Scrape_Counter_AddsUpByLabels()
    {
        Counter<long> counter = _meter.CreateCounter<long>("a.b", "{thing}", "What it counts");
        counter.Add(1, new KeyValuePair<string, object?>("x.y", "1"));
        counter.Add(2, new KeyValuePair<string, object?>("x.y", "1"));
        counter.Add(5, new KeyValuePair<string, object?>("x.y", "2"));
        AssertScraped("""
            # HELP a_b_total What it counts
            # TYPE a_b_total counter
            a_b_total{x_y="1"} 3
            a_b_total{x_y="2"} 5
            """);
    }

    [Fact]
    public void Scrape_ObservedGauge_SaysWhatIsAndForgetsWhatWas()
    {
        int[] values = [7];
        _meter.CreateObservableGauge("age", () => values.Select(value => new Measurement<double>(value / 2d)), "s", "How old");
        AssertScraped("""
            # HELP age_seconds How old
            # TYPE age_seconds gauge
            age_seconds 3.5
            """);
        values = [];
        Assert.Equal("", _collector.Scrape());
    }

    [Fact]
    public void Scrape_Histogram_HasCumulativeBucketsSumAndCount()
    {
        Histogram<double> histogram = _meter.CreateHistogram(
            "took", "s", "How long", tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.5] });
        foreach (double value in (double[])[0.001, 0.25, 2])
            histogram.Record(value, new KeyValuePair<string, object?>("op", "get"));
        AssertScraped("""
            # HELP took_seconds How long
            # TYPE took_seconds histogram
            took_seconds_bucket{op="get",le="0.001"} 1
            took_seconds_bucket{op="get",le="0.5"} 2
            took_seconds_bucket{op="get",le="+Inf"} 3
            took_seconds_sum{op="get"} 2.251
            took_seconds_count{op="get"} 3
            """);
    }

    [Fact]
    public void Scrape_StrangeText_IsEscaped()
    {
        _meter.CreateCounter<long>("odd", null, "back\\slash \"quoted\"\nline").Add(
            1, new KeyValuePair<string, object?>("k", "a\\b\"c\nd"));
        AssertScraped("""
            # HELP odd_total back\\slash "quoted"\nline
            # TYPE odd_total counter
            odd_total{k="a\\b\"c\nd"} 1
            """);
    }

    [Fact]
    public void Scrape_MeterOfAnotherHost_IsNotTold()
    {
        using ServiceProvider others = new ServiceCollection().AddMetrics().BuildServiceProvider();
        others.GetRequiredService<IMeterFactory>().Create(LeaderElectionTelemetry.MeterName).CreateCounter<long>("other").Add(1);
        Assert.Equal("", _collector.Scrape());
    }

    private void AssertScraped(string text) => Assert.Equal(text + "\n", _collector.Scrape());
}
