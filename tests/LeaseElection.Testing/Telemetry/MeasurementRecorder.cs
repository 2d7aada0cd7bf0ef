using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using LeaseElection.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace LeaseElection.Testing.Telemetry;

/// <summary>Listens to the meter of elections of one host, and of no other in this process. Make it before the host starts.</summary>
public sealed class MeasurementRecorder : IDisposable
{
    private readonly ConcurrentQueue<Measured> _measured = new();
    private readonly ConcurrentQueue<Instrument> _instruments = new();
    private readonly MeterListener _listener = new();
    private readonly Signal _signal = new();

    public MeasurementRecorder(IServiceProvider services)
    {
        IMeterFactory factory = services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name != LeaderElectionTelemetry.MeterName || !ReferenceEquals(instrument.Meter.Scope, factory))
                return;
            _instruments.Enqueue(instrument);
            listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    public IReadOnlyList<Instrument> Instruments => [.. _instruments];

    public IReadOnlyList<Measured> All => [.. _measured];

    /// <summary>What was measured with one instrument, oldest first.</summary>
    public IReadOnlyList<Measured> Of(string instrument) => [.. _measured.Where(measured => measured.Instrument == instrument)];

    /// <summary>Asks the observable instruments, and returns what this one says now.</summary>
    public IReadOnlyList<Measured> Observe(string instrument)
    {
        int before = Of(instrument).Count;
        _listener.RecordObservableInstruments();
        return [.. Of(instrument).Skip(before)];
    }

    /// <summary>Until that much was measured with one instrument.</summary>
    public async Task<IReadOnlyList<Measured>> UntilAsync(string instrument, int count)
    {
        await _signal.WaitUntilAsync(
            () => Of(instrument).Count >= count, () => $"{count} x {instrument}; measured:\n" + string.Join('\n', _measured));
        return Of(instrument);
    }

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, object? text) in tags)
            texts.Add(name, (string)text!);
        _measured.Enqueue(new Measured(instrument.Name, value, texts));
        _signal.Pulse();
    }
}
