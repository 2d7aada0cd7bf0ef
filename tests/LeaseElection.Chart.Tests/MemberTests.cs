using System.Text.Json.Nodes;
using LeaseElection.Hosting;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Chart;
using Microsoft.Extensions.DependencyInjection;

namespace LeaseElection.Chart.Tests;

/// <summary>Members and partitions under the rights of the chart, on an API server that guards owners as OpenShift's does.</summary>
[Collection(ApiServerFixture.Collection)]
public sealed class MemberTests(ApiServerFixture fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [InstalledTheory]
    [InlineData("members.collectStale=true")]
    [InlineData("members.collectStale=false")]
    public async Task Members_UnderTheRightsOfTheChart_SeeEachOtherAndBelongToTheirPods(string value)
    {
        using InstalledChart chart = await InstalledChart.InstallAsync(
            fixture.Server, new HelmChart { Combination = "members", Set = [value] });
        await using ChartHost one = await StartPodAsync(chart, "pod-1", election => election.AddMembers());
        await using ChartHost other = await StartPodAsync(chart, "pod-2", election => election.AddMembers());

        await SeesAsync(one, 2);
        await SeesAsync(other, 2);

        JsonObject presence = await PresenceOfAsync(chart, other);
        JsonNode owner = presence["metadata"]!["ownerReferences"]!.AsArray().Single()!;
        Assert.Equal(("Pod", "pod-2"), ((string?)owner["kind"], (string?)owner["name"]));
        Assert.Equal("node-of-pod-2", (string?)presence["metadata"]!["labels"]!["kubernetes.io/hostname"]);
        Assert.Equal(60, (int?)presence["spec"]!["leaseDurationSeconds"]); // As the values say.
        Assert.Empty(Told(one, other));

        await other.StopAsync();
        await SeesAsync(one, 1);
    }

    /// <summary>
    /// One verb after the other is taken away: what is then not seen, and what the log says, is what the page on Kubernetes says.
    /// </summary>
    [InstalledTheory]
    [InlineData("get", 2, null, null)]
    [InlineData("watch", 2, "GroupWatchDenied", "Not allowed to watch leases.coordination.k8s.io in namespace")]
    [InlineData("list", 1, "GroupListFailed", "Not allowed to list leases.coordination.k8s.io in namespace")]
    [InlineData("create", 1, "PresenceNotWritten", "Not allowed to create leases.coordination.k8s.io 'shop-leader-elected-app-")]
    [InlineData("update", 1, "PresenceNotWritten", "Not allowed to update leases.coordination.k8s.io 'shop-leader-elected-app-")]
    public async Task Members_WithoutARight_SeeWhoTheyCanAndSayWhichIsMissing(string verb, int members, string? line, string? text)
    {
        using InstalledChart chart = await InstalledChart.InstallAsync(
            fixture.Server,
            new HelmChart { Combination = "members", Set = ["members.leaseDuration=\"00:00:03\"", "members.renewInterval=\"00:00:01\""] });
        await RevokeAsync(chart, verb);
        await using ChartHost one = await StartPodAsync(chart, "pod-1", election => election.AddMembers());
        await using ChartHost other = await StartPodAsync(chart, "pod-2", election => election.AddMembers());

        if (line is not null)
            await Polling.UntilAsync(() => Task.FromResult(one.Warnings.Any(entry => entry.Id.Name == line)), Patience, what: line);
        await SeesAsync(one, members, complete: verb != "list");

        Assert.All(
            one.Warnings.Where(entry => entry.Id.Name == line), entry => Assert.Contains(text!, entry.Message, StringComparison.Ordinal));
        Assert.All(
            one.Warnings, entry => Assert.True(entry.Id.Name == line || verb == "create" && entry.Id.Name == "StoreFailed", entry.Message));
    }

    /// <summary>Each has its share, and whoever stays has them all; the commands of the notes show whose they are.</summary>
    [InstalledFact]
    public async Task Partitions_UnderTheRightsOfTheChart_AreShared()
    {
        using InstalledChart chart = await InstalledChart.InstallAsync(
            fixture.Server, new HelmChart { Combination = "partitions", Set = ["partitions.moveAfter=\"00:00:00.5\""] });
        await using ChartHost one = await StartPodAsync(chart, "pod-1", ChartHost.Partitioned);
        await using ChartHost other = await StartPodAsync(chart, "pod-2", ChartHost.Partitioned);

        await HoldsAsync(one, 6);
        await HoldsAsync(other, 6);
        string[] expected = [.. Enumerable.Range(0, 12).Select(i => $"{chart.Chart.LeaseName}-{i}")];
        Assert.Equal(expected.Order(StringComparer.Ordinal), (await LeasesAsync(chart, "partitions-of")).Order(StringComparer.Ordinal));
        Assert.Equal(2, (await LeasesAsync(chart, "members-of")).Length);

        await other.StopAsync();
        await HoldsAsync(one, 12);
        Assert.Empty(Told(one, other));
    }

    /// <summary>What a Pod is told about itself comes from the API server, so that must have the Pod.</summary>
    private async Task<ChartHost> StartPodAsync(InstalledChart chart, string pod, Action<LeaderElectionBuilder> configure)
    {
        await fixture.Server.KubectlAsync(null, "run", pod, "-n", chart.Namespace, "--image=none", "--restart=Never");
        string uid = await fixture.Server.KubectlAsync(null, "get", "pod", pod, "-n", chart.Namespace, "-o", "jsonpath={.metadata.uid}");
        var environment = new Dictionary<string, string>(chart.EnvironmentOf(pod)) { ["POD_UID"] = uid, ["NODE_NAME"] = $"node-of-{pod}" };
        return await ChartHost.StartAsync(environment, chart.ServiceAccountFolder, configure);
    }

    /// <summary>From the rules without names, so that the election has its own rights.</summary>
    private async Task RevokeAsync(InstalledChart chart, string verb)
    {
        string path = $"/apis/rbac.authorization.k8s.io/v1/namespaces/{chart.Namespace}/roles/{chart.Chart.LeaseName}";
        JsonObject role = await fixture.Server.Admin.SendAsync(HttpMethod.Get, path);
        JsonArray rules = role["rules"]!.AsArray();
        foreach (JsonNode rule in rules.Where(rule => rule!["resourceNames"] is null).OfType<JsonNode>().ToArray())
        {
            rule["verbs"]!.AsArray().RemoveAll(one => (string?)one == verb);
            if (rule["verbs"]!.AsArray().Count == 0)
                rules.Remove(rule);
        }

        await fixture.Server.Admin.SendAsync(HttpMethod.Put, path, role);
        await Polling.UntilAsync(
            async () => !await chart.MayAsync("coordination.k8s.io", "leases", verb, "other"), Patience, what: "the authorizer to know it");
    }

    private static Task SeesAsync(ChartHost host, int members, bool complete = true)
    {
        var seen = host.Services.GetRequiredService<IElectionMembers>();
        return Polling.UntilAsync(
            () => Task.FromResult(seen.Members.Count == members && seen.IsComplete == complete), Patience, what: $"{members} members");
    }

    private static Task HoldsAsync(ChartHost host, int partitions)
    {
        var seen = host.Services.GetRequiredService<IElectionPartitions>();
        return Polling.UntilAsync(
            () => Task.FromResult(seen.Partitions.Count(one => one.IsHeldHere) == partitions), Patience, what: $"{partitions} partitions");
    }

    private async Task<string[]> LeasesAsync(InstalledChart chart, string label)
    {
        string selector = $"leaseelection.dev/{label}={chart.Chart.LeaseName}";
        string names = await fixture.Server.KubectlAsync(null, "get", "leases", "-n", chart.Namespace, "-l", selector, "-o", "name");
        return [.. names.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(name => name.Split('/')[1])];
    }

    private async Task<JsonObject> PresenceOfAsync(InstalledChart chart, ChartHost host)
    {
        JsonObject all = await fixture.Server.Admin.SendAsync(
            HttpMethod.Get, $"/apis/coordination.k8s.io/v1/namespaces/{chart.Namespace}/leases?labelSelector=leaseelection.dev/members-of");
        return all["items"]!.AsArray().Single(lease => (string?)lease!["spec"]!["holderIdentity"] == host.Election.Identity)!.AsObject();
    }

    private static IEnumerable<string> Told(params ChartHost[] hosts) =>
        hosts.SelectMany(host => host.Warnings).Select(entry => $"{entry.Id.Name}: {entry.Message}");
}
