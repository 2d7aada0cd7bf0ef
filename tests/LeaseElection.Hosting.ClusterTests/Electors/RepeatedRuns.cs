using System.Globalization;
using LeaseElection.Testing.Electors;

namespace LeaseElection.Hosting.ClusterTests.Electors;

/// <summary>
/// How often the cases are run that must never come to two leaders. Once, with short leases and all kinds of electors; or, for figures, as
/// often as <c>LEASEELECTION_ELECTOR_RUNS</c> says, all at once, at 15/10/2 seconds and beside client-go.
/// </summary>
internal static class RepeatedRuns
{
    private static readonly int? Asked =
        Environment.GetEnvironmentVariable("LEASEELECTION_ELECTOR_RUNS") is { Length: > 0 } runs
            ? int.Parse(runs, CultureInfo.InvariantCulture)
            : null;

    public static int Count => Asked ?? 1;

    /// <summary>Who stands by.</summary>
    public static IReadOnlyList<string> Kinds { get; } =
        Asked is null ? ["client-go", "client-go-0.20", "kubernetes-client", "python"] : ["client-go"];

    /// <summary>Ours.</summary>
    public static ElectorTimings Timings { get; } = Asked is null ? ElectorTimings.ClientGo : new(15, 10, 2);

    /// <summary>Those of one who stands by.</summary>
    public static ElectorTimings TimingsOf(string kind) => Asked is null ? ElectorTimings.Of(kind) : Timings;

    /// <summary>Runs the case as often as asked for, and fails with what all those runs say that failed.</summary>
    public static async Task AllAsync(Func<Task> run)
    {
        var all = Task.WhenAll(Enumerable.Range(0, Count).Select(_ => run()));
        await all.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (all.Exception is { InnerExceptions: { Count: > 1 } failures })
            Assert.Fail($"{failures.Count} of {Count} runs:\n{string.Join('\n', failures.Select(failure => failure.Message))}");
        await all;
    }
}
