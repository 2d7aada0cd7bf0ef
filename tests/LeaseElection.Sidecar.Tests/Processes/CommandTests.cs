using System.Text.Json;
using LeaseElection.Sidecar.Exec;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Sidecar.Tests.Processes;

/// <summary>A command as a real process, over the file store: what it gets, how it ends, and that the lease waits for it.</summary>
public sealed class CommandTests : SidecarTest
{
    private const string UntilTold = "trap 'exit 0' TERM; echo $$ >$D/pid; while :; do sleep 0.05; done";

    [Fact]
    public async Task Command_FindsWhoItIsInItsEnvironment()
    {
        SidecarProcess sidecar = await RunScriptAsync(
            "echo \"$LEADER_ELECTION_IDENTITY $LEADER_ELECTION_LEASE $LEADER_ELECTION_FENCING_TOKEN\" >$D/env", "--id=me");
        Assert.Equal(0, await sidecar.Exited);
        string[] words = FileText("env").Split(' ');
        Assert.Equal(["me", "default/settlement"], words[..2]);
        Assert.True(FencingToken.TryParse(words[2], out _));
    }

    /// <summary>Nothing of what it says at start is for anybody but its operator to do.</summary>
    [Theory]
    [InlineData("--ttl=90s")]
    [InlineData("--ttl=60s", "--grace=1s")]
    public async Task Start_LeaseOutlastsTheGrace_SaysNothingOfTheTimeToStop(params string[] flags)
    {
        SidecarProcess sidecar = await RunScriptAsync("exit 0", flags);
        Assert.Equal(0, await sidecar.Exited);
        Assert.DoesNotContain(" WARN ", sidecar.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exit 7", 7)]
    [InlineData("exit 0", 0)]
    [InlineData("kill -KILL $$", 137)]
    [InlineData("kill -USR1 $$", 138)]
    public async Task Command_EndsByItself_ItsLeaseIsReleasedAndItsCodePassedOn(string script, int code)
    {
        SidecarProcess sidecar = await RunScriptAsync(script);
        Assert.Equal(code, await sidecar.Exited);
        Assert.Equal("", Holder());
    }

    [Fact]
    public async Task Command_EndsByItself_WhatItLeftBehindIsKilledFirst()
    {
        SidecarProcess sidecar = await RunScriptAsync(
            "(trap '' TERM; setsid sleep 1000 & echo $! >$D/left; wait) & while [ ! -s $D/left ]; do sleep 0.02; done; exit 3");
        int left = await PidInAsync(sidecar, "left");
        Assert.Equal(3, await sidecar.Exited);
        Assert.False(Runs(left));
    }

    [Fact]
    public async Task Stop_CommandObeys_EndsWithZeroAndReleases()
    {
        SidecarProcess sidecar = await RunScriptAsync(UntilTold);
        int pid = await PidInAsync(sidecar, "pid");
        sidecar.Send(UnixSignal.Terminate);
        Assert.Equal(0, await sidecar.Exited);
        Assert.False(Runs(pid));
        Assert.Equal("", Holder());
    }

    /// <summary>A log that cannot be written is no reason for a command to go on beside the next leader's.</summary>
    [Fact]
    public async Task Stop_NothingCanBeLogged_TheCommandIsToldAllTheSame()
    {
        SidecarProcess sidecar = await RunScriptOnAFullDiskAsync(
            "trap 'echo told >$D/told; exit 0' TERM; echo $$ >$D/pid; while :; do sleep 0.05; done");
        await PidInAsync(sidecar, "pid");
        sidecar.Send(UnixSignal.Terminate);
        Assert.Equal(0, await sidecar.Exited);
        Assert.Equal("told", FileText("told").Trim());
        Assert.Equal("", Holder());
    }

    [Fact]
    public async Task Stop_CommandIgnoresSigterm_IsKilledAfterItsGraceWithAllItStartedAndOnlyThenReleased()
    {
        // The last line of the grandchild's diary is written after the lease would be free, if it were released too early.
        SidecarProcess sidecar = await RunScriptAsync(
            "trap '' TERM; (trap '' TERM; exec setsid bash -c 'trap \"\" TERM; echo $$ >'$D'/grandchild; while :; do "
            + "grep -q \"\\\"holderIdentity\\\": *\\\"me\\\"\" '$D'/default/settlement/lease.json || touch '$D'/released-too-early; "
            + "sleep 0.01; done') & "
            + "echo $$ >$D/pid; while :; do sleep 1; done", "--id=me", "--ttl=10s", "--grace=300ms");
        int pid = await PidInAsync(sidecar, "pid");
        int grandchild = await PidInAsync(sidecar, "grandchild");
        sidecar.Send(UnixSignal.Terminate);
        Assert.Equal(0, await sidecar.Exited);
        Assert.Contains(" s of SIGTERM and gets SIGKILL: processes ", sidecar.Output, StringComparison.Ordinal);
        Assert.False(Runs(pid));
        Assert.False(Runs(grandchild));
        Assert.False(HasFile("released-too-early"));
        Assert.Equal("", Holder());
    }

    [Fact]
    public async Task Stop_CommandIsStopped_HearsSigtermAllTheSame()
    {
        SidecarProcess sidecar = await RunScriptAsync("trap 'touch $D/heard; exit 0' TERM; echo $$ >$D/pid; while :; do sleep 0.05; done");
        int pid = await PidInAsync(sidecar, "pid");
        NativeProcess.Send(pid, (int)UnixSignal.Stop);
        sidecar.Send(UnixSignal.Terminate);
        Assert.Equal(0, await sidecar.Exited);
        Assert.True(HasFile("heard"));
    }

    [Fact]
    public async Task Signals_ArePassedOnAndEndNothing()
    {
        SidecarProcess sidecar = await RunScriptAsync(
            "for s in HUP QUIT USR1 USR2 WINCH; do trap \"echo $s >>$D/signals\" $s; done; " + UntilTold);
        await PidInAsync(sidecar, "pid");
        foreach ((int signal, string name) in ((int, string)[])[(1, "HUP"), (3, "QUIT"), (10, "USR1"), (12, "USR2"), (28, "WINCH")])
        {
            NativeProcess.Send(sidecar.Pid, signal);
            await sidecar.UntilAsync(() => HasFile("signals") && FileText("signals").EndsWith(name, StringComparison.Ordinal), name);
        }

        sidecar.Send(UnixSignal.Interrupt);
        Assert.Equal(0, await sidecar.Exited);
    }

    [Fact]
    public async Task Signals_OnAStandby_AreSwallowed()
    {
        SidecarProcess leader = await RunScriptAsync(UntilTold);
        await PidInAsync(leader, "pid");
        SidecarProcess standby = await RunScriptAsync("touch $D/second");
        await standby.SaysAsync("leads lease default/settlement");
        foreach (int signal in (int[])[1, 3, 10, 12, 28])
            NativeProcess.Send(standby.Pid, signal);
        standby.Send(UnixSignal.Terminate);
        Assert.Equal(0, await standby.Exited);
        Assert.False(HasFile("second"));
    }

    [Fact]
    public async Task Orphans_AreReaped()
    {
        SidecarProcess sidecar = await RunScriptAsync("for i in 1 2 3; do (sh -c 'sleep 0.01 & echo $!' >>$D/orphans); done; " + UntilTold);
        await PidInAsync(sidecar, "pid");
        int[] orphans = [.. FileText("orphans").Split('\n').Select(int.Parse)];
        Assert.Equal(3, orphans.Length);
        await sidecar.UntilAsync(() => orphans.All(orphan => ProcessEntry.Read(orphan) is null), "orphans to be gone from the table");
        sidecar.Send(UnixSignal.Terminate);
        Assert.Equal(0, await sidecar.Exited);
    }

    /// <summary>
    /// As the first process of its container it inherits what others leave: probes, and whoever has run a shell in it. What is in
    /// its own session may be a plugin of a kubeconfig, whose exit code .NET waits for.
    /// </summary>
    [Fact]
    public async Task Orphans_OnAStandby_AreReapedButNotWhatMayBeAPlugin()
    {
        SidecarProcess leader = await RunScriptAsync(UntilTold);
        await PidInAsync(leader, "pid");
        SidecarProcess standby = await RunScriptByShellAsync(
            """
            bash -c 'until [ -e '$D'/end-plugin ]; do sleep 0.02; done' & echo $! >$D/plugin
            setsid bash -c 'echo $$ >'$D'/parent; until [ -e '$D'/go ]; do sleep 0.02; done; sleep 0.02 & echo $! >'$D'/orphan' &
            exec "$@"
            """,
            "touch $D/second");
        await standby.SaysAsync("leads lease default/settlement");
        int plugin = await PidInAsync(standby, "plugin");
        await File.WriteAllTextAsync(Path.Combine(Folder, "end-plugin"), "");
        await standby.UntilAsync(() => !Runs(plugin), "what may be a plugin to end");
        await File.WriteAllTextAsync(Path.Combine(Folder, "go"), "");
        int[] orphans = [await PidInAsync(standby, "parent"), await PidInAsync(standby, "orphan")];
        await standby.UntilAsync(() => orphans.All(orphan => ProcessEntry.Read(orphan) is null), "orphans to be gone from the table");
        Assert.Equal(standby.Pid, ProcessEntry.Read(plugin)?.Parent);
        standby.Send(UnixSignal.Terminate);
        Assert.Equal(0, await standby.Exited);
        Assert.False(HasFile("second"));
    }

    [Fact]
    public async Task Sidecar_IsKilled_TheKernelKillsTheCommand()
    {
        SidecarProcess sidecar = await RunScriptAsync("trap '' TERM HUP INT; echo $$ >$D/pid; while :; do sleep 0.05; done");
        int pid = await PidInAsync(sidecar, "pid");
        sidecar.Send(UnixSignal.Kill);
        Assert.Equal(137, await sidecar.Exited);
        await sidecar.UntilAsync(() => !Runs(pid), "the command to be gone");
    }

    [Fact]
    public async Task Launcher_WhoseParentIsAnother_RunsNothing()
    {
        // As if the sidecar had ended between fork and prctl: nobody would kill the command.
        SidecarProcess launcher = await StartAsync("--become-command-of", "1", "touch", Path.Combine(Folder, "ran"));
        Assert.Equal(ExitCodes.Failed, await launcher.Exited);
        Assert.False(HasFile("ran"));
    }

    [Fact]
    public async Task Command_Inherits_NoBlockedAndNoIgnoredSignalsAndNoFiles()
    {
        SidecarProcess sidecar = await RunScriptAsync(
            "cat /proc/self/status >$D/status; ls -l /proc/self/fd >$D/files", "--http=127.0.0.1:0");
        Assert.Equal(0, await sidecar.Exited);
        Dictionary<string, string> status =
            FileText("status").Split('\n').Select(line => line.Split(':')).ToDictionary(line => line[0], line => line[1].Trim());
        Assert.Equal(("0000000000000000", "0000000000000000"), (status["SigBlk"], status["SigIgn"]));
        Assert.All(
            (string[])["socket:", "anon_inode:", "alive", "memfd"],
            ours => Assert.DoesNotContain(ours, FileText("files"), StringComparison.Ordinal));
    }

    /// <summary>
    /// A lease of 6 s leaves a lost command 1.4 s; one that may finish has as long as it needs, and the lease is renewed.
    /// </summary>
    [Fact]
    public async Task Stop_CommandNeedsLongerThanALostOneHas_FinishesUnderItsLease()
    {
        SidecarProcess sidecar = await RunScriptAsync(
            "trap 'sleep 7; grep -q \"holderIdentity.*me\" '$D'/default/settlement/lease.json && touch '$D'/done; exit 0' TERM; "
            + "echo $$ >$D/pid; while :; do sleep 0.1; done", "--id=me", "--ttl=6s");
        await PidInAsync(sidecar, "pid");

        sidecar.Send(UnixSignal.Terminate);

        Assert.Equal(0, await sidecar.Exited);
        Assert.True(HasFile("done"), sidecar.Output);
    }

    [Fact]
    public async Task Sidecar_IsFrozenBeyondItsLease_ItsCommandHasNoGraceWhenItWakes()
    {
        SidecarProcess sidecar = await RunScriptAsync(
            "trap '' TERM; echo $$ >$D/pid; while :; do sleep 0.05; done", "--id=frozen", "--ttl=4s");
        int pid = await PidInAsync(sidecar, "pid");
        await FreezeAsync(sidecar);
        SidecarProcess other = await RunScriptAsync("touch $D/other; exec sleep 1000", "--ttl=4s");
        await other.UntilAsync(() => HasFile("other"), "the other to lead");
        sidecar.Send(UnixSignal.Continue);
        await sidecar.SaysAsync($"Told process {pid} to stop; it has 0 s");
        await sidecar.UntilAsync(() => !Runs(pid), "the command to be gone");
    }

    [Fact]
    public async Task TermIsTakenAway_CommandIsStoppedAndTheSidecarStandsBy()
    {
        SidecarProcess sidecar = await RunScriptAsync(UntilTold, "--http=127.0.0.1:0", "--ttl=5s");
        int pid = await PidInAsync(sidecar, "pid");

        // The guard of the test is a child of the sidecar that is not the command's, as a plugin of a kubeconfig is.
        int guard = ProcessEntry.ReadAll().Single(process => process.Parent == sidecar.Pid && process.Id != pid).Id;
        using (HttpResponseMessage answer = await sidecar.SendAsync(HttpMethod.Post, "/step-down"))
        {
            Assert.Equal(200, (int)answer.StatusCode);
            using var status = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
            Assert.False(status.RootElement.GetProperty("isLeader").GetBoolean());
        }

        Assert.False(Runs(pid));
        Assert.True(Runs(guard));
        Assert.False(sidecar.HasExited);

        // Nobody else is there, so it leads and runs again.
        await sidecar.UntilAsync(() => HasFile("pid") && FileText("pid") is { Length: > 0 } text && text != $"{pid}", "it to run again");
    }
}
