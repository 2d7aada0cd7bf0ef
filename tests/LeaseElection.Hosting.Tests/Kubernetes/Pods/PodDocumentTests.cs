using System.Text.Json;
using LeaseElection.Hosting.Kubernetes.Pods;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Tests.Kubernetes.Pods;

/// <summary>What is read of a Pod as kubelets write it.</summary>
public sealed class PodDocumentTests
{
    [Fact]
    public void ToFacts_AContainerThatCrashesAgainAndAgain_HasEndedAndDoesNotRun()
    {
        ContainerFacts container = Single("""
            {"containerStatuses":[{"name":"app","restartCount":3,"state":{"waiting":{"reason":"CrashLoopBackOff"}},
             "lastState":{"terminated":{"exitCode":137,"reason":"Error","startedAt":"2026-11-28T13:00:00Z","finishedAt":"2026-11-28T13:05:00Z","containerID":"containerd://1"}}}]}
            """);

        Assert.Null(container.RunningSince);
        Assert.Equal([new ContainerEnd(Time("13:00:00"), Time("13:05:00"), "containerd://1")], container.Ends);
    }

    [Fact]
    public void ToFacts_AContainerThatWasRestarted_RunsAndHasEnded()
    {
        ContainerFacts container = Single("""
            {"containerStatuses":[{"name":"app","containerID":"containerd://2","state":{"running":{"startedAt":"2026-11-28T13:05:01Z"}},
             "lastState":{"terminated":{"startedAt":"2026-11-28T13:00:00Z","finishedAt":"2026-11-28T13:05:00Z"}}}]}
            """);

        Assert.Equal((Time("13:05:01"), "containerd://2", false), (container.RunningSince, container.RunningId, container.OlderRuns));
        Assert.Single(container.Ends);
    }

    /// <summary>The kubelet gave up on the start of the older one, and the runtime carried it out (kubernetes/kubernetes#139670).</summary>
    [Fact]
    public void ToFacts_AnOlderContainerThatRuns_IsTold() => Assert.True(Single("""
        {"containerStatuses":[{"name":"app","containerID":"containerd://2","state":{"running":{"startedAt":"2026-11-28T13:05:01Z"}},
         "lastState":{"running":{"startedAt":"2026-11-28T13:00:00Z"}}}]}
        """).OlderRuns);

    [Fact]
    public void ToFacts_OneThatDoesNotRun_IsNotNamed() =>
        Assert.Null(Single("""{"containerStatuses":[{"name":"app","containerID":"containerd://2","state":{"waiting":{}}}]}""").RunningId);

    [Theory]
    [InlineData("""{"terminated":{"exitCode":137,"reason":"ContainerStatusUnknown","startedAt":null,"finishedAt":null}}""")]
    [InlineData("""{"terminated":{"finishedAt":"2026-11-28T13:05:00Z"}}""")]
    [InlineData("""{"terminated":{"reason":"StartError","startedAt":"1970-01-01T00:00:00Z","finishedAt":"2026-11-28T13:05:00Z","containerID":"containerd://2"}}""")]
    [InlineData("""{"waiting":{"reason":"ContainerCreating"}}""")]
    [InlineData("{}")]
    [InlineData("null")]
    public void ToFacts_NoTimes_IsNoEnd(string state)
    {
        ContainerFacts container = Single(
            """{"containerStatuses":[{"name":"app","state":STATE}]}""".Replace("STATE", state, StringComparison.Ordinal));

        Assert.Empty(container.Ends);
        Assert.Null(container.RunningSince);
    }

    /// <summary>A runtime that has lost sight of a container takes it for ended, at a time and with an id like those of others.</summary>
    [Fact]
    public void ToFacts_AnEndThatNobodySaw_IsNoEndAndTheContainerMayRun()
    {
        const string Guess = """
            {"terminated":{"exitCode":255,"startedAt":"2026-11-28T13:00:00Z","finishedAt":"2026-11-28T13:05:00Z","containerID":"containerd://1"}}
            """;
        ContainerFacts ended = Single("""{"containerStatuses":[{"name":"app","state":STATE}]}"""
            .Replace("STATE", Guess, StringComparison.Ordinal));
        ContainerFacts restarted = Single("""
            {"containerStatuses":[{"name":"app","containerID":"containerd://2","state":{"running":{"startedAt":"2026-11-28T13:05:01Z"}},
             "lastState":STATE}]}
            """.Replace("STATE", Guess, StringComparison.Ordinal));

        Assert.Empty(ended.Ends);
        Assert.Empty(restarted.Ends);
        Assert.True(restarted.OlderRuns);
    }

    /// <summary>The kubelet has lost sight of it, and has started the next.</summary>
    [Fact]
    public void ToFacts_AnEndWithoutATimeBeforeTheOneThatRuns_MayRun() => Assert.True(Single("""
        {"containerStatuses":[{"name":"app","containerID":"containerd://2","state":{"running":{"startedAt":"2026-11-28T13:05:01Z"}},
         "lastState":{"terminated":{"exitCode":137,"reason":"ContainerStatusUnknown","startedAt":null,"finishedAt":null}}}]}
        """).OlderRuns);

    [Fact]
    public void ToFacts_RunningSinceNobodyKnowsWhen_RunsSinceEver() =>
        Assert.Equal(DateTimeOffset.MinValue, Single("""{"containerStatuses":[{"name":"app","state":{"running":{}}}]}""").RunningSince);

    [Theory]
    [InlineData("containerStatuses")]
    [InlineData("initContainerStatuses")] // A sidecar: an init container with restartPolicy Always.
    [InlineData("ephemeralContainerStatuses")]
    public void ToFacts_EveryKindOfContainer_IsSeen(string kind) =>
        Assert.Equal("app", Single("""{"KIND":[null,{"name":"app"}]}""".Replace("KIND", kind, StringComparison.Ordinal)).Name);

    [Theory]
    [InlineData("""{"phase":"Failed","reason":"Evicted"}""", "Evicted")]
    [InlineData("""{"phase":"Running","reason":"NodeLost"}""", "NodeLost")]
    [InlineData("""{"phase":"Unknown"}""", "Unknown")]
    [InlineData("""{"phase":"Failed","reason":""}""", null)]
    [InlineData("""{"phase":"Running"}""", null)]
    [InlineData("null", null)]
    public void ToFacts_Trouble_IsTold(string status, string? expected) => Assert.Equal(expected, Facts(status).Trouble);

    [Theory]
    [InlineData("""{"shareProcessNamespace":true}""", true)]
    [InlineData("""{"hostPID":true}""", true)]
    [InlineData("""{"shareProcessNamespace":false}""", false)]
    [InlineData("null", false)]
    public void ToFacts_SharedProcesses_AreTold(string spec, bool expected) => Assert.Equal(expected, Facts("null", spec).SharesProcesses);

    private static ContainerFacts Single(string status) => Assert.Single(Facts(status).Containers);

    private static PodFacts Facts(string status, string spec = "null") => JsonSerializer.Deserialize(
        $$"""{"kind":"Pod","apiVersion":"v1","metadata":{"name":"w","namespace":"shop","uid":"u1","resourceVersion":"1"},"spec":{{spec}},"status":{{status}}}""",
        PodJsonContext.Default.PodDocument)!.ToFacts();

    private static DateTimeOffset Time(string time) =>
        DateTimeOffset.Parse($"2026-11-28T{time}Z", System.Globalization.CultureInfo.InvariantCulture);
}
