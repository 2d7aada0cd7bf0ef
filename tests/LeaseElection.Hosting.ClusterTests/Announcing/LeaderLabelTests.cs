using LeaseElection.Hosting.ClusterTests.Election;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Logging;
using LeaseElection.Testing.Proxy;

namespace LeaseElection.Hosting.ClusterTests.Announcing;

/// <summary>Which Pod bears the leader's label, with a Role that has exactly the rights that docs/kubernetes.md lists.</summary>
[Collection(WaitingHosts.Name)]
public sealed class LeaderLabelTests(ApiServerFixture fixture)
{
    private const int HandOvers = 20;

    private Task<LabelScene> OpenAsync() => LabelScene.OpenAsync(fixture.Server, LabelScene.Leases, LabelScene.Pods);

    [ApiServerFact]
    public async Task StepDowns_TheLabelFollowsTheLeaderAndIsNeverOnTwoPods()
    {
        await using LabelScene scene = await OpenAsync();
        await scene.AddPodAsync("a");
        await scene.AddPodAsync("b");
        ClusterHost a = await scene.StartAsync("a", patience: LabelScene.Patience);
        await a.LeadsAsync();
        ClusterHost b = await scene.StartAsync("b", patience: LabelScene.Patience);
        await b.UntilAsync(status => status.HolderIdentity == a.Election.Identity);

        using var end = new CancellationTokenSource();
        Task<int> watching = MostLabelledAsync(scene, end.Token);
        (ClusterHost Host, string Pod)[] both = [(a, "a"), (b, "b")];
        for (int i = 0; i < HandOvers; i++)
        {
            await both[i % 2].Host.LeadsAsync();
            await scene.UntilLabelledAsync(both[i % 2].Pod);
            await both[i % 2].Host.Election.StepDownAsync();
        }

        await scene.UntilLabelledAsync("a");
        await end.CancelAsync();
        Assert.Equal(1, await watching);
        await b.StopAsync();
        await a.StopAsync();
        Assert.Empty(await scene.LabelledAsync()); // Taken off when the host has stopped, not some time later.
        Assert.Empty(a.Warnings);
        Assert.Empty(b.Warnings);
    }

    [ApiServerFact]
    public async Task StepDown_TheLeaseIsReleasedWhenTheLabelIsOff()
    {
        await using LabelScene scene = await OpenAsync();
        await scene.AddPodAsync("a");
        await scene.AddPodAsync("b");
        FaultProxy proxy = await scene.AddProxyAsync();
        ClusterHost a = await scene.StartAsync("a", proxy, patience: LabelScene.Patience);
        await a.LeadsAsync();
        await scene.UntilLabelledAsync("a");
        ClusterHost b = await scene.StartAsync("b");
        await b.UntilAsync(status => status.HolderIdentity == a.Election.Identity);

        TimeSpan late = TimeSpan.FromSeconds(0.3);
        proxy.DelayAnswer(late, "patch");
        long begun = TimeProvider.System.GetTimestamp();
        await a.Election.StepDownAsync();
        ProxiedRequest release = proxy.Requests.Newest.Last(request => request.Verb == "update");
        ProxiedRequest off = proxy.Requests.Newest.Last(request => request.Verb == "patch" && request.Arrived < release.Arrived);
        Assert.True(off.Arrived >= begun, "released, and the label not taken off");
        TimeSpan after = TimeProvider.System.GetElapsedTime(off.Arrived, release.Arrived);
        Assert.True(after >= late, $"released {after} after the request for the label had arrived");
    }

    [ApiServerFact]
    public async Task StandbyInAPodWithALeftoverLabel_ClearsIt()
    {
        await using LabelScene scene = await OpenAsync();
        await scene.AddPodAsync("a");
        await scene.AddPodAsync("b", labelled: true);
        ClusterHost a = await scene.StartAsync("a");
        await a.LeadsAsync();
        await scene.UntilLabelledAsync("a", "b");
        await scene.StartAsync("b");
        await scene.UntilLabelledAsync("a");
    }

    [ApiServerFact]
    public async Task LeaderThatIsCutOff_IsClearedByItsSuccessorAndClearsItselfWhenItIsBack()
    {
        await using LabelScene scene = await OpenAsync();
        await scene.AddPodAsync("a");
        await scene.AddPodAsync("b");
        FaultProxy proxy = await scene.AddProxyAsync();
        ClusterHost a = await scene.StartAsync("a", proxy, Short);
        LeadershipTerm lost = await a.LeadsAsync();
        await scene.UntilLabelledAsync("a");
        ClusterHost b = await scene.StartAsync("b", configure: Short);
        await b.UntilAsync(status => status.HolderIdentity == a.Election.Identity);

        proxy.Partition();
        await a.UntilAsync(_ => !lost.IsHeld);
        Assert.Equal(["a"], await scene.LabelledAsync()); // Nobody can know yet.
        await b.LeadsAsync();
        await scene.UntilLabelledAsync("b");
        int sent = proxy.Requests["patch"];
        int cleared = a.Logs.Named("PodLabelCleared").Count; // Once at its start, unless it led before that was answered.
        proxy.Heal();
        await a.Logs.WaitForAsync("PodLabelCleared", cleared + 1);
        Assert.True(proxy.Requests["patch"] > sent);
        Assert.Equal(["b"], await scene.LabelledAsync());
    }

    [ApiServerFact]
    public async Task LeadershipComesBackAfterAnOutage_TheLabelIsOnInTheEnd()
    {
        await using LabelScene scene = await OpenAsync();
        await scene.AddPodAsync("a");
        FaultProxy proxy = await scene.AddProxyAsync();
        ClusterHost a = await scene.StartAsync("a", proxy, Short);
        LeadershipTerm lost = await a.LeadsAsync();
        await scene.UntilLabelledAsync("a");
        proxy.Partition();
        await a.UntilAsync(_ => !lost.IsHeld);
        proxy.Heal();
        await a.LeadsAsync();

        // Its second request of the new term: no other is under way, so whatever was to be undone has been.
        int set = a.Logs.Named("PodLabelSet").Count;
        await a.Logs.WaitForAsync("PodLabelSet", set + 2);
        Assert.Equal(["a"], await scene.LabelledAsync());
    }

    [ApiServerFact]
    public async Task WithoutTheRight_LeadsAndHandsOverAndWarnsOnceNamingIt()
    {
        await using LabelScene scene = await LabelScene.OpenAsync(fixture.Server, LabelScene.Leases);
        await scene.AddPodAsync("a");
        ClusterHost a = await scene.StartAsync("a");
        await a.LeadsAsync();
        await a.Election.StepDownAsync();
        await a.LeadsAsync();
        await a.Logs.WaitForAsync("PodNotLabelledAgain");

        LogEntry warning = Assert.Single(a.Warnings);
        Assert.All(
            ["patch", "pods", "'a'", $"'{scene.Namespace}'", "403"],
            part => Assert.Contains(part, warning.Message, StringComparison.Ordinal));
        await fixture.Server.GrantAsync(scene.User, scene.Namespace, LabelScene.Leases, LabelScene.Pods);
        await scene.UntilLabelledAsync("a"); // Without a restart.
    }

    [ApiServerFact]
    public async Task PodThatDoesNotExist_IsSaid()
    {
        await using LabelScene scene = await OpenAsync();
        ClusterHost a = await scene.StartAsync("a");
        await a.LeadsAsync();
        LogEntry warning = await a.Logs.WaitForAsync("PodNotLabelled");
        Assert.Contains("404", warning.Message, StringComparison.Ordinal);
        await scene.AddPodAsync("a");
        await scene.UntilLabelledAsync("a");
    }

    [ApiServerFact]
    public async Task PatchesAndEventsThatHang_DelayNeitherTheTermNorTheNextBeyondTheirBound()
    {
        await using LabelScene scene = await LabelScene.OpenAsync(fixture.Server, LabelScene.Leases, LabelScene.Pods, LabelScene.Events);
        await scene.AddPodAsync("a");
        await scene.AddPodAsync("b");
        FaultProxy proxy = await scene.AddProxyAsync();
        ClusterHost a = await scene.StartAsync("a", proxy, options => options.Kubernetes.PublishEvents = true);
        LeadershipTerm term = await a.LeadsAsync();
        await scene.UntilLabelledAsync("a");
        ClusterHost b = await scene.StartAsync("b");
        await b.UntilAsync(status => status.HolderIdentity == a.Election.Identity);

        proxy.Hang("patch");
        proxy.Hang("create"); // The lease is there, so these are events.
        long begun = TimeProvider.System.GetTimestamp();
        Task stopping = a.StopAsync();
        await b.LeadsAsync();
        TimeSpan handedOver = TimeProvider.System.GetElapsedTime(begun);
        await stopping;
        TimeSpan stopped = TimeProvider.System.GetElapsedTime(begun);
        TimeSpan released = TimeProvider.System.GetElapsedTime(
            begun, proxy.Requests.Newest.Last(request => request.Verb == "update").Arrived);

        // 0.5 s for the label, and not the 2.5 s that its request may take; then what a busy machine needs, but not the 15 s of the lease.
        Assert.False(term.IsHeld);
        Assert.True(released < TimeSpan.FromSeconds(2.5), $"released after {released}");
        Assert.True(handedOver < TimeSpan.FromSeconds(0.5 + 4), $"handed over after {handedOver}");

        // And 1 s for what is told at the end: the label's removal alone would be tried for ever.
        Assert.True(stopped < TimeSpan.FromSeconds(0.5 + 1 + 4), $"stopped after {stopped}");
        await scene.UntilLabelledAsync("b"); // By the successor.
    }

    /// <summary>With time to look at what is between the deadline of one leader and the start of the next.</summary>
    private static void Short(LeaderElectionOptions options)
    {
        options.LeaseDuration = TimeSpan.FromSeconds(8);
        options.RenewDeadline = TimeSpan.FromSeconds(3);
        options.RenewInterval = TimeSpan.FromSeconds(0.5);
        options.RetryPeriod = TimeSpan.FromSeconds(0.5);
    }

    /// <summary>The most Pods that ever bore the label at once, looking as fast as the server answers.</summary>
    private static async Task<int> MostLabelledAsync(LabelScene scene, CancellationToken cancellationToken)
    {
        int most = 0;
        while (!cancellationToken.IsCancellationRequested)
            most = Math.Max(most, (await scene.LabelledAsync()).Length);
        return most;
    }
}
