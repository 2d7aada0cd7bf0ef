using System.Diagnostics.Metrics;
using System.Text;
using LeaseElection.Hosting;

namespace LeaseElection.Sidecar.Metrics;

/// <summary>Listens to the meter of the library from the start on, and writes down what it says when asked.</summary>
internal sealed class PrometheusCollector : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, PrometheusFamily> _families = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();

    public PrometheusCollector(IMeterFactory meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            // That of this host: tests have several in one process.
            if (instrument.Meter.Name == LeaderElectionTelemetry.MeterName && instrument.Meter.Scope == meters)
                Add(instrument, listener);
        };
        _listener.SetMeasurementEventCallback<int>((_, value, tags, family) => Record(family, value, tags));
        _listener.SetMeasurementEventCallback<long>((_, value, tags, family) => Record(family, value, tags));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, family) => Record(family, value, tags));
        _listener.Start();
    }

    /// <summary>Everything, in the text format of Prometheus.</summary>
    public string Scrape()
    {
        lock (_lock)
        {
            foreach (PrometheusFamily family in _families.Values.Where(family => family.IsObserved))
                family.Forget();
            _listener.RecordObservableInstruments();
            var text = new StringBuilder();
            foreach (PrometheusFamily family in _families.Values)
                family.Write(text);
            return text.ToString();
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, MeterListener listener)
    {
        var family = new PrometheusFamily(instrument);
        lock (_lock)
            _families[family.Name] = family;
        listener.EnableMeasurementEvents(instrument, family);
    }

    private void Record(object? family, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_lock)
            ((PrometheusFamily)family!).Record(value, tags);
    }
}
