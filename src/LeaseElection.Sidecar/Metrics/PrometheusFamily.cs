using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace LeaseElection.Sidecar.Metrics;

/// <summary>One instrument in the text format of Prometheus, version 0.0.4.</summary>
internal sealed class PrometheusFamily
{
    private readonly SortedDictionary<string, PrometheusSeries> _series = new(StringComparer.Ordinal);
    private readonly IReadOnlyList<double> _bounds;
    private readonly string _type;
    private readonly string _help;

    public PrometheusFamily(Instrument instrument)
    {
        _bounds = instrument is Histogram<double> histogram ? histogram.Advice?.HistogramBucketBoundaries ?? [] : [];
        _type = instrument switch { Histogram<double> => "histogram", Counter<long> => "counter", _ => "gauge" };
        IsObserved = instrument.IsObservable;
        Name = PrometheusName.Of(instrument, _type);
        _help = instrument.Description ?? "";
    }

    public string Name { get; }

    /// <summary>It says what is when asked, and has no past.</summary>
    public bool IsObserved { get; }

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string labels = LabelsOf(tags);
        if (!_series.TryGetValue(labels, out PrometheusSeries? series))
            _series.Add(labels, series = new PrometheusSeries(_bounds));
        if (IsObserved)
            series.Value = value;
        else
            series.Add(value);
    }

    public void Forget() => _series.Clear();

    public void Write(StringBuilder text)
    {
        if (_series.Count == 0)
            return;
        text.Append(CultureInfo.InvariantCulture, $"# HELP {Name} {Escape(_help)}\n# TYPE {Name} {_type}\n");
        foreach ((string labels, PrometheusSeries series) in _series)
        {
            if (_type != "histogram")
            {
                Line("", labels, series.Value);
                continue;
            }

            foreach ((double bound, long count) in series.Buckets())
                Line("_bucket", $"{labels}{(labels.Length > 0 ? "," : "")}le=\"{Number(bound)}\"", count);
            Line("_sum", labels, series.Value);
            Line("_count", labels, series.Count);
        }

        void Line(string suffix, string labels, double value) =>
            text.Append(CultureInfo.InvariantCulture, $"{Name}{suffix}{(labels.Length > 0 ? $"{{{labels}}}" : "")} {Number(value)}\n");
    }

    private static string LabelsOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new StringBuilder();
        foreach ((string key, object? value) in tags)
        {
            string text = Escape(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")
                .Replace("\"", "\\\"", StringComparison.Ordinal);
            labels.Append(CultureInfo.InvariantCulture, $"{(labels.Length > 0 ? "," : "")}{PrometheusName.OfLabel(key)}=\"{text}\"");
        }

        return labels.ToString();
    }

    private static string Escape(string text) =>
        text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal);

    private static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf" : value.ToString("R", CultureInfo.InvariantCulture);
}
