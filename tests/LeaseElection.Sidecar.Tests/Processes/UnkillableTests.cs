using System.Diagnostics;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Sidecar.Tests.Processes;

/// <summary>
/// What of a command cannot be killed, because it is another user's, works for as long as it likes. Nobody may be waited for without end,
/// and nobody may be let lead beside it before the lease has run out.
/// </summary>
public sealed class UnkillableTests : SidecarTest
{
    private const int Nobody = 65534;

    /// <summary>Ends with these tests at the latest. By the table of processes, because a folder of a test may be for root only.</summary>
    private static string BecomeNobody =>
        $"setpriv --reuid={Nobody} --clear-groups sh -c 'trap \"\" TERM; while [ -d /proc/{Environment.ProcessId} ]; do sleep 0.05; done'";

    [OtherUserFact]
    public async Task Command_EndsByItselfAndWhatItLeftCannotBeKilled_TheSidecarEndsWithItsCodeAndTheLeaseRunsOut()
    {
        SidecarProcess sidecar = await RunWithoutTheRightToKillAsync(
            $"{BecomeNobody} & until grep -q '^Uid:.{Nobody}' /proc/$!/status; do sleep 0.02; done; echo $! >$D/left; exit 3");
        int left = await PidInAsync(sidecar, "left");

        Assert.Equal(3, await sidecar.Exited);

        Assert.True(Runs(left));
        Assert.Equal("me", Holder());
        Assert.Contains("The command ended with exit code 3", sidecar.Output, StringComparison.Ordinal);
        string error = Assert.Single(sidecar.Output.Split('\n'), line => line.Contains("after SIGKILL", StringComparison.Ordinal));
        Assert.Contains(" ERROR ", error, StringComparison.Ordinal);
        Assert.Contains($"{left}", error, StringComparison.Ordinal);

        SidecarProcess other = await RunScriptAsync("touch $D/other");
        await other.UntilAsync(() => HasFile("other"), "the other to lead");
        End(left);
    }

    [OtherUserTheory]
    [InlineData]
    [InlineData("--http=127.0.0.1:0")]
    public async Task Stop_CommandCannotBeKilled_TheSidecarEndsWithOneAndTheLeaseRunsOut(params string[] flags)
    {
        SidecarProcess sidecar = await RunWithoutTheRightToKillAsync($"echo $$ >$D/pid; exec {BecomeNobody}", flags);
        int pid = await PidInAsync(sidecar, "pid");
        await sidecar.UntilAsync(
            () => File.ReadAllText($"/proc/{pid}/status").Contains($"\nUid:\t{Nobody}", StringComparison.Ordinal), "it to be nobody's");

        sidecar.Send(UnixSignal.Terminate);

        Assert.Equal(ExitCodes.Failed, await sidecar.Exited);
        Assert.True(Runs(pid));
        Assert.Equal("me", Holder());
        Assert.Contains("Still running: the command", sidecar.Output, StringComparison.Ordinal);
        End(pid);
    }

    private static void End(int pid)
    {
        using Process process = Process.GetProcessById(pid);
        process.Kill();
    }

    /// <summary>Root may kill everybody, but for this right of its own.</summary>
    private Task<SidecarProcess> RunWithoutTheRightToKillAsync(string script, params IReadOnlyList<string> flags) =>
        RunScriptByShellAsync("exec setpriv --bounding-set=-kill \"$@\"", script, ["--id=me", "--ttl=5s", "--grace=1s", .. flags]);
}
