using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Sidecar.Tests.Processes;

/// <summary>
/// Apps have asked the old image since 2016 who leads, and compared the answer with <c>hostname</c>: the flags of old manifests, and the
/// loop of these apps, must make exactly one of them work.
/// </summary>
public sealed class HostNameTests : SidecarTest
{
    /// <summary>By equality, and by grep.</summary>
    private static readonly string[] Ways = ["equality", "grep"];

    [NamespaceTheory]
    [InlineData("pod-1", "pod-2")]
    [InlineData("pod-1.svc.cluster.local", "pod-2.svc.cluster.local")]
    [InlineData("my_host_abcdefgh", "host_2")]
    [InlineData("node-7", "node-7")] // Two on one host.
    public async Task OldLoop_FlagsOfOldManifests_OneWorksAndThenTheOther(string one, string other)
    {
        SidecarProcess leader = await StartPodAsync(one);
        await DecidedAsync(leader, "I lead");
        SidecarProcess standby = await StartPodAsync(other);
        await DecidedAsync(standby, "I wait");
        Assert.DoesNotContain("I lead", standby.Output, StringComparison.Ordinal);
        Assert.Contains($"\n{one} is the leader\n", leader.Output, StringComparison.Ordinal);
        Assert.StartsWith($"{one}~", Holder(), StringComparison.Ordinal);

        leader.Send(UnixSignal.Terminate);
        Assert.Equal(0, await leader.Exited);
        await DecidedAsync(standby, "I lead");
        Assert.Contains($"\n{other} is the leader\n", standby.Output, StringComparison.Ordinal);
    }

    /// <summary>
    /// A Pod: the app, and the sidecar that it asks. POD_NAME, which charts set, is not what <c>hostname</c> prints everywhere.
    /// </summary>
    private Task<SidecarProcess> StartPodAsync(string hostName) => StartInNamespaceAsync(
        $$"""
        {{NamespaceScript.Loopback(Folder)}}
        export POD_NAME=not-the-host
        echo {{hostName}} >/proc/sys/kernel/hostname
        {{NamespaceScript.Ask}}
        while sleep 0.1; kill -0 $$ 2>/dev/null; do
          leader=$(ask localhost | sed -n 's/.*"name":"\([^"]*\)".*/\1/p')
          if [ "$leader" = "$(cat /proc/sys/kernel/hostname)" ]; then echo "equality: I lead"; elif [ "$leader" ]; then echo "equality: I wait"; fi
          if ask localhost | grep -q "$(cat /proc/sys/kernel/hostname)"; then echo "grep: I lead"; elif [ "$leader" ]; then echo "grep: I wait"; fi
        done &
        """,
        "--http=localhost:4040");

    private static async Task DecidedAsync(SidecarProcess pod, string decision)
    {
        foreach (string way in Ways)
            await pod.SaysAsync($"{way}: {decision}");
    }
}
