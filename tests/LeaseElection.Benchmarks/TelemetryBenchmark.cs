using System.Diagnostics.Metrics;
using System.Globalization;
using LeaseElection.Hosting;
using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Time;
using LeaseElection.Testing.Leases;
using Microsoft.Extensions.DependencyInjection;

namespace LeaseElection.Benchmarks;

/// <summary>
/// What telemetry adds to a renewal: to the request, to what it reports, and to the turn of the loop. The store costs nothing.
/// </summary>
internal static class TelemetryBenchmark
{
    public const string Usage = """
        Usage: dotnet run -c Release --project tests/LeaseElection.Benchmarks -- telemetry

        Measures what metrics and activities add to a renewal, with nobody listening and with a listener.
        """;

    private const int Renewals = 1_000_000;
    private const int Rounds = 5;

    private static readonly Lease Held =
        new() { ResourceVersion = "1", Uid = "uid", Record = new LeaseRecord { HolderIdentity = "me" } };

    public static async Task RunAsync()
    {
        await using ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var clock = new ElectionClock(SuspendAwareTimeProvider.Instance);
        ElectorSettings settings = ElectionSettings.Of(new LeaderElectionOptions(), "me", TimeSpan.FromSeconds(30));
        var run = new ElectionRun(new ElectionIdentityCard("shop", "settlement", "me"), settings, clock);
        var instruments = new ElectionInstruments(services.GetRequiredService<IMeterFactory>());
        var telemetry = ElectionTelemetry.For(new LeaderElection(""), run, instruments);
        var bare = new InstantStore();
        await using var metered = new MeteredLeaseStore(bare, telemetry.Metrics, clock.TimeProvider);

        await MeasureAsync("no telemetry", bare, null);
        await MeasureAsync("nobody listens", metered, telemetry);
        double sum = 0;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == LeaderElectionTelemetry.MeterName)
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((_, value, _, _) => sum += value);
        listener.Start();
        await MeasureAsync("a listener adds up", metered, telemetry);
        if (sum <= 0)
            throw new InvalidOperationException("The listener heard nothing.");
    }

    /// <summary>The best of a few rounds: the machine has other things to do.</summary>
    private static async Task MeasureAsync(string what, ILeaseStore store, ElectionTelemetry? telemetry)
    {
        ElectionEvent renewed = new ElectionEvent.Renewed(default);
        (double Time, double Bytes) best = (double.MaxValue, double.MaxValue);
        for (int round = 0; round < Rounds; round++)
        {
            long bytes = GC.GetTotalAllocatedBytes(precise: true);
            long start = TimeProvider.System.GetTimestamp();
            for (int i = 0; i < Renewals; i++)
            {
                await store.ReplaceAsync(Held, Held.Record, default, CancellationToken.None);
                telemetry?.Observe(renewed);
                telemetry?.Settle(LeaderElectionState.Leading, default);
            }

            double nanoseconds = TimeProvider.System.GetElapsedTime(start).TotalNanoseconds / Renewals;
            double allocated = (double)(GC.GetTotalAllocatedBytes(precise: true) - bytes) / Renewals;
            best = (Math.Min(best.Time, nanoseconds), Math.Min(best.Bytes, allocated));
        }

        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{what,-20} {best.Time,8:0.0} ns {best.Bytes,8:0.0} bytes per renewal"));
    }
}
