using LeaseElection.Hosting;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Chart;

namespace LeaseElection.Chart.Tests;

/// <summary>
/// helm itself on a real API server, 3 by three-way merges and 4 by server-side apply: no upgrade touches what others own.
/// </summary>
[Collection(ApiServerFixture.Collection)]
public sealed class HelmReleaseTests(ApiServerFixture fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Also where the Lease is the chart's: its labels change by the upgrade, its holder does not.</summary>
    [InstalledTheory]
    [InlineData(3, "default")]
    [InlineData(3, "least-rights")]
    [InlineData(4, "default")]
    [InlineData(4, "least-rights")]
    public async Task Upgrade_UnderALeader_CostsNoTerm(int helm, string combination)
    {
        HelmRelease release = await PrepareAsync(helm, combination);
        await release.InstallAsync();
        using InstalledChart chart = await release.OpenAsync();
        await using ChartHost host = await ChartHost.StartAsync(chart.EnvironmentOf("pod-1"), chart.ServiceAccountFolder);
        LeadershipTerm term = await host.Election.WaitForLeadershipAsync().WaitAsync(Patience);
        string before = await VersionAsync(release);

        await release.UpgradeAsync(release.Chart with { Flags = ["--set", "image.tag=20261127"] });

        // A renewal after the upgrade, confirmed: what helm wrote was no obstacle.
        DateTimeOffset? renewed = host.Election.Status.RenewedAt;
        await Polling.UntilAsync(() => Task.FromResult(host.Election.Status.RenewedAt > renewed), Patience, what: "the next renewal");
        Assert.NotEqual(before, await VersionAsync(release));
        Assert.True(term.IsHeld);
        Assert.Empty(host.Warnings.Select(entry => entry.Message));
    }

    /// <summary>An earlier version of the app made it, or an earlier release left it: with the default values nobody minds.</summary>
    [InstalledTheory]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Install_LeaseIsThereAlready_GoesOnWithIt(int helm)
    {
        HelmRelease release = await PrepareAsync(helm, "default");
        string held = await HoldAsync(release);

        await release.InstallAsync();

        Assert.Equal(held, await SpecAsync(release));
    }

    [InstalledTheory]
    [InlineData(3)]
    [InlineData(4)]
    public async Task InstallOfALease_ThatIsThereAlready_IsRefusedUnlessOwnershipIsTaken(int helm)
    {
        HelmRelease release = await PrepareAsync(helm, "least-rights");
        string held = await HoldAsync(release);

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(release.InstallAsync);
        Assert.Contains(
            "exists and cannot be imported into the current release: invalid ownership metadata", refusal.Message,
            StringComparison.Ordinal);

        await new HelmRelease(fixture.Server, release.Chart with { Flags = ["--take-ownership"] }).InstallAsync();
        Assert.Equal(held, await SpecAsync(release));
    }

    /// <summary>What a release has left is the next one's, whose name is another: its holder may still drain.</summary>
    [InstalledTheory]
    [InlineData(3, "default")]
    [InlineData(4, "default")]
    [InlineData(3, "least-rights")]
    [InlineData(4, "least-rights")]
    public async Task Uninstall_LeavesTheLease_AndAnotherReleaseTakesIt(int helm, string combination)
    {
        HelmRelease release = await PrepareAsync(helm, combination);
        await release.InstallAsync();
        string held = await HoldAsync(release);

        await release.UninstallAsync();
        Assert.Equal(held, await SpecAsync(release));

        await new HelmRelease(fixture.Server, release.Chart with
        {
            Release = "payments",
            Set = ["fullnameOverride=shop-leader-elected-app"],
            Flags = ["--take-ownership"],
        }).InstallAsync();
        Assert.Equal(held, await SpecAsync(release));
    }

    /// <summary>By what the chart says of the Lease while it is its own: helm does not delete what is to be kept.</summary>
    [InstalledTheory]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Upgrade_ToAnAppThatMakesTheLease_LeavesIt(int helm)
    {
        HelmRelease release = await PrepareAsync(helm, "least-rights");
        await release.InstallAsync();
        string held = await HoldAsync(release);

        await release.UpgradeAsync(release.Chart with { Flags = ["--set", "lease.create=false"] });

        Assert.Equal(held, await SpecAsync(release));
    }

    /// <summary>Unless it is not to be kept: then helm would delete it under its leader.</summary>
    [InstalledTheory]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Upgrade_ThatWouldDeleteTheLease_IsRefusedUntilItIsKept(int helm)
    {
        HelmRelease release = await PrepareAsync(helm, "least-rights");
        await new HelmRelease(fixture.Server, release.Chart with { Flags = ["--set", "lease.keep=false"] }).InstallAsync();
        string held = await HoldAsync(release);
        HelmChart without = release.Chart with { Flags = ["--set", "lease.create=false"] };

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => release.UpgradeAsync(without));
        string command = refusal.Message.Split('`')[1];
        Assert.StartsWith("kubectl annotate lease ", command, StringComparison.Ordinal);
        await fixture.Server.KubectlAsync(null, command.Split(' ')[1..]);
        await release.UpgradeAsync(without);

        Assert.Equal(held, await SpecAsync(release));
    }

    [InstalledTheory]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Upgrade_OfWhatAnAutoscalerOwns_LeavesItAlone(int helm)
    {
        HelmRelease release = await PrepareAsync(helm, "policies");
        await release.InstallAsync();
        await fixture.Server.KubectlAsync(
            null, "scale", "deployment", "shop-leader-elected-app", "--replicas=5", "-n", release.Chart.Namespace);

        await release.UpgradeAsync(release.Chart with { Flags = ["--set", "image.tag=20261127"] });

        Assert.Equal("5", await fixture.Server.KubectlAsync(
            null, "get", "deployment", "shop-leader-elected-app", "-n", release.Chart.Namespace, "-o", "jsonpath={.spec.replicas}"));
        await fixture.Server.KubectlAsync(null, "get", "poddisruptionbudget", "shop-leader-elected-app", "-n", release.Chart.Namespace);
    }

    /// <summary>
    /// With another number a key belongs to another partition: whether Pods of both kinds may run side by side, a person must say.
    /// </summary>
    [InstalledTheory]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Upgrade_ToAnotherNumberOfPartitions_IsRefusedUntilSomebodySaysHow(int helm)
    {
        HelmRelease release = await HelmRelease.PrepareAsync(
            fixture.Server, new HelmChart { Helm = helm, Combination = "partitions", Set = ["prometheusRule.enabled=false"] });
        HelmChart before = release.Chart;
        HelmChart more = before with { Set = [.. before.Set, "partitions.count=24"] };
        await release.InstallAsync();
        await release.UpgradeAsync(before with { Flags = ["--set", "image.tag=20261127"] });

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => release.UpgradeAsync(more));
        Assert.Contains(
            "partitions.count is 24, but the Pods that run have 12, and with another number a key belongs to another partition: set "
                + "partitions.recreate=true for this upgrade, which stops all Pods before it starts new ones, or false, which replaces "
                + "them one by one, so that while the old ones drain two may work on one key",
            refusal.Message, StringComparison.Ordinal);
        Assert.Equal("RollingUpdate", await StrategyAsync(release));

        await release.UpgradeAsync(more with { Set = [.. more.Set, "partitions.recreate=true"] });
        Assert.Equal("Recreate", await StrategyAsync(release));

        await release.UpgradeAsync(more);
        Assert.Equal("RollingUpdate", await StrategyAsync(release));

        await release.UpgradeAsync(before with { Set = [.. before.Set, "partitions.recreate=false"] });
        Assert.Equal("RollingUpdate", await StrategyAsync(release));
    }

    private Task<string> StrategyAsync(HelmRelease release) => fixture.Server.KubectlAsync(
        null, "get", "deployment", "shop-leader-elected-app", "-n", release.Chart.Namespace, "-o", "jsonpath={.spec.strategy.type}");

    private Task<HelmRelease> PrepareAsync(int helm, string combination) =>
        HelmRelease.PrepareAsync(fixture.Server, new HelmChart { Helm = helm, Combination = combination });

    /// <summary>The Lease as a living leader leaves it, made if it is not there.</summary>
    private async Task<string> HoldAsync(HelmRelease release)
    {
        await fixture.Server.KubectlAsync(
            """
            {"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"shop-leader-elected-app"},"spec":{"holderIdentity":"pod-0_ab12cd34",
            "leaseDurationSeconds":15,"acquireTime":"2026-10-01T08:00:00.000001Z","renewTime":"2026-10-01T08:00:00.000001Z","leaseTransitions":3}}
            """,
            "apply", "--server-side", "--field-manager=app", "-n", release.Chart.Namespace, "-f", "-");
        return await SpecAsync(release);
    }

    private Task<string> SpecAsync(HelmRelease release) => LeaseAsync(release, "{.spec}");

    private Task<string> VersionAsync(HelmRelease release) => LeaseAsync(release, "{.metadata.resourceVersion}");

    private Task<string> LeaseAsync(HelmRelease release, string path) => fixture.Server.KubectlAsync(
        null, "get", "lease", "shop-leader-elected-app", "-n", release.Chart.Namespace, "-o", $"jsonpath={path}");
}
