using System.Text.Json.Nodes;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Electors;

namespace LeaseElection.Benchmarks;

/// <summary>Two of ours in Pods, whose kubelet tells a second late that a container has ended.</summary>
/// <param name="commands">The lease.</param>
/// <param name="server">The API server.</param>
/// <param name="leaseNamespace">Where lease and Pods are.</param>
/// <param name="user">Who may look at both.</param>
/// <param name="timings">The three durations.</param>
internal sealed class PodCrashes(
    ElectorCommands commands, RealApiServer server, string leaseNamespace, ApiServerUser user, ElectorTimings timings)
    : Crashes(identity => commands.Ours(CrashBenchmark.OwnAssembly, user, identity, timings, settings: Settings), timings)
{
    private static readonly TimeSpan KubeletLag = TimeSpan.FromSeconds(1);
    private static readonly string[] Settings = ["Kubernetes:TakeOverFromTerminated=true", "Kubernetes:ContainerName=app"];

    private readonly TestKubelet?[] _kubelets = new TestKubelet?[2];

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        foreach (TestKubelet? kubelet in _kubelets)
        {
            if (kubelet is not null)
                await kubelet.DisposeAsync();
        }
    }

    protected override async Task<ElectorProcess> StartAsync(int candidate, string identity, IReadOnlyList<string> command)
    {
        if (_kubelets[candidate] is not { } kubelet)
        {
            kubelet = _kubelets[candidate] = new TestKubelet(server, leaseNamespace, $"crash-{candidate}");
            await kubelet.CreateAsync();
        }

        ElectorProcess process = null!;
        await kubelet.StartAsync(async () =>
        {
            process = await base.StartAsync(
                candidate,
                identity,
                [
                    "env", $"POD_NAME={kubelet.Pod}", $"POD_UID={kubelet.Uid}", $"POD_NAMESPACE={leaseNamespace}",
                    "Logging__LogLevel__LeaseElection=Debug", .. command,
                ]);
            return process.Process;
        });
        return process;
    }

    /// <summary>Until the leader's container is known, and has been looked at when its term was old enough to be proved ended.</summary>
    protected override async Task FollowsAsync(ElectorProcess standby, ElectorProcess leader, int leading)
    {
        await base.FollowsAsync(standby, leader, leading);
        string known = $"/{_kubelets[leading]!.Pod}: the container runs";
        await Polling.UntilAsync(
            () => Task.FromResult(standby.Lines.Any(line => line.Contains(known, StringComparison.Ordinal))),
            Patience,
            what: $"{standby.Identity} to know the leader's container");
    }

    protected override async Task KillAsync(ElectorProcess leader, int leading)
    {
        JsonObject ended = await _kubelets[leading]!.KillAsync();
        await Task.Delay(KubeletLag, TimeProvider.System, CancellationToken.None);
        await _kubelets[leading]!.TellAsync(ended);
    }
}
