using System.Globalization;

// Times are measured here: nothing else of this project may run meanwhile.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace LeaseElection.Samples.Tests;

/// <summary>
/// How often a hand-over is repeated, and how long each took. One is a test; <c>SAMPLES_TRIALS=10</c> makes it a measurement.
/// </summary>
internal sealed class Trials(ITestOutputHelper output, string what)
{
    private readonly List<TimeSpan> _times = [];

    public static int Count { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("SAMPLES_TRIALS"), CultureInfo.InvariantCulture, out int count) ? count : 1;

    public void Add(TimeSpan time) => _times.Add(time);

    public void Write()
    {
        double[] times = [.. _times.Select(time => Math.Round(time.TotalMilliseconds)).Order()];
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{what}: median {times[times.Length / 2]} ms, max {times[^1]} ms, all {string.Join(' ', times)}"));
    }
}
