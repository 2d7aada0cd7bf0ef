using System.Globalization;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace LeaseElection.Hosting.Tests.Fuzz;

/// <summary>
/// Gives a test one seed after the other. A failure tells the seed and the input: LEASEELECTION_FUZZ_SEED replays that seed alone,
/// LEASEELECTION_FUZZ_SEEDS runs more of them than the default, which is small so that the whole folder takes less than a minute.
/// </summary>
internal static class FuzzRun
{
    public static void EachSeed(ITestOutputHelper output, int seeds, Action<FuzzWorld> test) =>
        EachSeedAsync(output, seeds, atOnce: 1, world =>
        {
            test(world);
            return Task.CompletedTask;
        }).GetAwaiter().GetResult();

    /// <param name="output">Receives how many inputs there were, and how many a second.</param>
    /// <param name="seeds">How many, if the environment says nothing.</param>
    /// <param name="atOnce">How many worlds share the machine: more than one only for those that mostly wait.</param>
    /// <param name="test">One world.</param>
    public static async Task EachSeedAsync(ITestOutputHelper output, int seeds, int atOnce, Func<FuzzWorld, Task> test)
    {
        (int first, int count) = Variable("SEED") is { } replayed ? (replayed, 1) : (1, Variable("SEEDS") ?? seeds);
        long started = TimeProvider.System.GetTimestamp();
        long inputs = 0;
        await Parallel.ForEachAsync(
            Enumerable.Range(first, count), new ParallelOptions { MaxDegreeOfParallelism = atOnce }, async (seed, _) =>
            {
                var world = new FuzzWorld(seed);
                try
                {
                    await test(world);
                }
                catch (Exception exception)
                {
                    throw new XunitException($"LEASEELECTION_FUZZ_SEED={seed} shows it again.\n{world}\n{exception.Message}", exception);
                }
                Interlocked.Add(ref inputs, world.Inputs);
            });
        double seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{count} seeds, {inputs} inputs, {seconds:0.0} s, {inputs / seconds:0} inputs/s"));
    }

    private static int? Variable(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable($"LEASEELECTION_FUZZ_{name}"), CultureInfo.InvariantCulture, out int value)
            ? value
            : null;
}
