using System.Globalization;
using LeaseElection.Samples.Tests.Otlp;

namespace LeaseElection.Samples.Tests;

/// <summary>What a collector gets from two processes of <c>samples/WebApi</c>.</summary>
public sealed class WebApiTelemetryTests(ITestOutputHelper output)
{
    private const string Lease = "leader_election.lease.name=web-api leader_election.lease.namespace=default";
    private const string Leader = "leader_election.leader";
    private const string Age = "leader_election.lease.renewal.age";
    private const string Transitions = "leader_election.transitions";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Often = TimeSpan.FromSeconds(0.25);

    [UnixFact]
    public async Task Metrics_ThroughAHandOver_SumToOneLeaderBeforeAndAfter()
    {
        await using var collector = new OtlpReceiver();
        await using var replicas = new ReplicaSet("WebApi", output);
        Replica first = Start(replicas, collector, "first", Often);
        await first.WaitForAsync("became leader", Patience);
        Replica second = Start(replicas, collector, "second", Often);

        IReadOnlyList<OtlpPoint> before = await collector.UntilAsync(
            points => points.Count(point => point.Name == Leader) == 2 && points.Any(point => point.Name == Transitions), Patience);
        Assert.All(before, point => Assert.Equal("LeaseElection.Hosting", point.Scope));
        Assert.All(before.Where(point => point.Name == Leader), point => Assert.Equal(("{leader}", Lease), (point.Unit, point.Tags)));
        Assert.Equal(["first=1", "second=0"], LeadersIn(before));
        Assert.Equal(["first: acquired=1"], TransitionsIn(before));

        await first.SignalAsync("TERM");
        await first.WaitForExitAsync(Patience);
        await second.WaitForAsync("became leader", Patience);

        IReadOnlyList<OtlpPoint> after = await collector.UntilAsync(
            points => points.Any(point => point is { Name: Leader, Instance: "second", Value: 1 })
                && points.Any(point => point is { Name: Transitions, Instance: "second" })
                && points.Any(point => point is { Name: Age, Instance: "second" }),
            Patience);
        Assert.Equal(["first=0", "second=1"], LeadersIn(after));
        Assert.Equal(["first: acquired=1", "first: released=1 shut_down", "second: acquired=1"], TransitionsIn(after));
        Assert.Single(after, point => point is { Name: Age, Instance: "second" });
        Assert.Equal(
            ["leader_election.drain", "leader_election.release", "leader_election.take_over"],
            collector.SpansOf("first").Order(StringComparer.Ordinal));
    }

    /// <summary>Else the last value that a collector has of it is 1, and the sum over all replicas 2 until it forgets that.</summary>
    [UnixFact]
    public async Task Metrics_OfALeaderThatStopsBetweenTwoExports_SayInTheEndThatItLeadsNoMore()
    {
        await using var collector = new OtlpReceiver();
        await using var replicas = new ReplicaSet("WebApi", output);
        Replica only = Start(replicas, collector, "only", exportInterval: TimeSpan.FromHours(1));
        await only.WaitForAsync("became leader", Patience);

        await only.SignalAsync("TERM");
        await only.WaitForExitAsync(Patience);

        IReadOnlyList<OtlpPoint> last = await collector.UntilAsync(points => points.Any(point => point.Name == Leader), Patience);
        Assert.Equal(["only=0"], LeadersIn(last));
        Assert.Equal(["only: acquired=1", "only: released=1 shut_down"], TransitionsIn(last));
    }

    [Fact]
    public void Snippet_OfThePage_IsThatOfTheSample()
    {
        string program = File.ReadAllText(Path.Combine(ReplicaSet.Samples, "WebApi", "Telemetry.cs"));
        string page = Path.Combine(ReplicaSet.Samples, "..", "src", "LeaseElection.Hosting", "docs", "observability.md");
        string[] lines = File.ReadAllText(page).Split("```csharp\n")
            .Select(block => block.Split("```")[0]).Single(
                block => block.Contains("AddOpenTelemetry()", StringComparison.Ordinal)).Trim().Split('\n');
        Assert.Contains(lines, line => line.Contains("AddMeter", StringComparison.Ordinal));
        Assert.All(lines, line => Assert.Contains(line.Trim(), program, StringComparison.Ordinal));
    }

    private static Replica Start(ReplicaSet replicas, OtlpReceiver collector, string instance, TimeSpan exportInterval)
    {
        replicas.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address;
        replicas.Environment["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
        replicas.Environment["OTEL_METRIC_EXPORT_INTERVAL"] = exportInterval.TotalMilliseconds.ToString(CultureInfo.InvariantCulture);
        replicas.Environment["OTEL_RESOURCE_ATTRIBUTES"] = "service.instance.id=" + instance;
        return replicas.Start("--urls", "http://127.0.0.1:0");
    }

    private static string[] LeadersIn(IEnumerable<OtlpPoint> points) =>
        [.. points.Where(point => point.Name == Leader).Select(point => $"{point.Instance}={point.Value}").Order(StringComparer.Ordinal)];

    private static string[] TransitionsIn(IEnumerable<OtlpPoint> points) =>
    [
        .. points.Where(point => point.Name == Transitions).Select(point =>
        {
            Dictionary<string, string> tags = point.Tags.Split(' ').ToDictionary(tag => tag.Split('=')[0], tag => tag.Split('=')[1]);
            object? reason = tags.GetValueOrDefault("leader_election.reason");
            return $"{point.Instance}: {tags["leader_election.transition"]}={point.Value} {reason}".TrimEnd();
        }).Order(StringComparer.Ordinal),
    ];
}
