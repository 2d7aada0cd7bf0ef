using System.Text.Json.Nodes;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Hosting.ClusterTests.Deaths;

/// <summary>A leader that is killed, and what the API server is told then, which proves nothing.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Why">What the standby says of it.</param>
/// <param name="Tell">Tells it, by the kubelet of the leader, with the state that would prove the death.</param>
internal sealed record UnprovenCase(string Name, string? Why, Func<TestKubelet, JsonObject, Task> Tell)
{
    /// <summary>What the Pod is like beside its container.</summary>
    public JsonObject? Spec { get; init; }

    /// <summary>Whether replicas may not look at Pods.</summary>
    public bool IsForbidden { get; init; }

    public static IReadOnlyList<UnprovenCase> All { get; } =
    [
        new("the kubelet tells nothing", null, (_, _) => Task.CompletedTask),
        new("the Pod is gone", "it is gone", (kubelet, _) => kubelet.DeleteAsync()),
        new("evicted", "it is Evicted", (kubelet, ended) => kubelet.TellAsync(ended, phase: "Failed", reason: "Evicted")),
        new("the node is lost", "it is NodeLost", (kubelet, ended) => kubelet.TellAsync(ended, reason: "NodeLost")),
        new("phase Unknown", "it is Unknown", (kubelet, ended) => kubelet.TellAsync(ended, phase: "Unknown")),
        new("another Pod of the same name", "it is gone", async (kubelet, ended) =>
        {
            await kubelet.DeleteAsync();
            await kubelet.CreateAsync();
            await kubelet.TellAsync(ended);
        }),
        new("the container before it", "no container that has ended ran when the process did", (kubelet, _) =>
            kubelet.TellAsync(TestKubelet.Waiting(), kubelet.Terminated(Now.AddHours(-1), Now.AddMinutes(-30)))),
        new("the end of its container is not known", "no container that has ended", (kubelet, _) => kubelet.TellAsync(new JsonObject
        {
            ["terminated"] =
                new JsonObject { ["exitCode"] = 137, ["reason"] = "ContainerStatusUnknown", ["startedAt"] = null, ["finishedAt"] = null },
        })),
        new("a container that its runtime has lost sight of", "no container that has ended", (kubelet, ended) =>
        {
            ended["terminated"]!["exitCode"] = 255;
            return kubelet.TellAsync(TestKubelet.Waiting(), ended);
        }),
        new("a start that failed", "no container that has ended ran when the process did", (kubelet, _) =>
            kubelet.TellAsync(TestKubelet.Waiting(), kubelet.Terminated(DateTimeOffset.UnixEpoch, Now))),
        new("another container of its name", "what has ended was not seen to run before", (kubelet, ended) =>
        {
            ended["terminated"]!["containerID"] = "containerd://another";
            return kubelet.TellAsync(TestKubelet.Waiting(), ended);
        }),
        new("one of two that ran", "what has ended was not seen to run before", async (kubelet, ended) =>
        {
            await kubelet.TellAsync(TestKubelet.Running(Now.AddMinutes(-5)), TestKubelet.Running(Now.AddMinutes(-6)));
            await kubelet.TellAsync(TestKubelet.Waiting(), ended);
        }),
        new(
            "the container runs on", "the container runs",
            (kubelet, ended) => kubelet.TellAsync(TestKubelet.Running(Now.AddMinutes(-5)), ended)),
        new("processes are shared", "it shares its processes", (kubelet, ended) => kubelet.TellAsync(ended))
        {
            Spec = new JsonObject { ["shareProcessNamespace"] = true },
        },
        new("the right is missing", null, (kubelet, ended) => kubelet.TellAsync(ended)) { IsForbidden = true },
    ];

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();
}
