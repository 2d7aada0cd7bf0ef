using LeaseElection.Hosting;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Chart;
using Microsoft.Extensions.DependencyInjection;

namespace LeaseElection.Chart.Tests;

/// <summary>
/// Locks under the rights of the chart, and no others: what is granted is enough, and what is not granted is told by name.
/// </summary>
[Collection(ApiServerFixture.Collection)]
public sealed class LockTests(ApiServerFixture fixture)
{
    private const string Section = "LeaseLocks";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Also where the Lease of the lock is the chart's, without a spec.</summary>
    [InstalledTheory]
    [InlineData("locks")]
    [InlineData("any-locks")]
    public async Task Lock_GivenUp_IsTheNextOnesAtOnce(string combination)
    {
        using InstalledChart chart = await InstallAsync(combination);
        await using ChartHost one = await StartAsync(chart, "pod-1");
        await using ChartHost other = await StartAsync(chart, "pod-2");
        HeldLease held = (await BrokerOf(one).TryAcquireAsync("batch-processor", TimeSpan.Zero))!;
        Assert.Null(await BrokerOf(other).TryAcquireAsync("batch-processor", TimeSpan.Zero));

        Task<HeldLease?> waiting = BrokerOf(other).TryAcquireAsync("batch-processor", Patience).AsTask();
        await held.DisposeAsync();
        await using HeldLease next = (await waiting)!;

        Assert.True(next.Term.FencingToken > held.Term.FencingToken);
        Assert.Equal(chart.Namespace, next.Term.LeaseNamespace);
        Assert.Empty(one.Warnings.Concat(other.Warnings).Select(entry => $"{entry.Id.Name}: {entry.Message}"));
    }

    [InstalledFact]
    public async Task Lock_OfAnotherName_IsRefusedWithTheRightThatIsMissing()
    {
        using InstalledChart chart = await InstallAsync("locks");
        await using ChartHost host = await StartAsync(chart, "pod-1");

        var exception = await Assert.ThrowsAsync<LeaseStoreException>(async () => await BrokerOf(host).TryAcquireAsync("other", Patience));

        Assert.Contains("Not allowed to get leases.coordination.k8s.io 'other'", exception.Message, StringComparison.Ordinal);
    }

    /// <summary>Its timing is the one that the values name, and that of the election is its own.</summary>
    [InstalledFact]
    public async Task Lock_Timing_IsThatOfTheValues()
    {
        using InstalledChart chart = await InstallAsync("locks");
        await using ChartHost host = await StartAsync(chart, "pod-1");
        await using HeldLease held = (await BrokerOf(host).TryAcquireAsync("batch-processor", Patience))!;

        Assert.Equal("30", await fixture.Server.KubectlAsync(
            null, "get", "lease", "batch-processor", "-n", chart.Namespace, "-o", "jsonpath={.spec.leaseDurationSeconds}"));
        Assert.Equal(TimeSpan.FromSeconds(15), host.Options.LeaseDuration);
    }

    private static ILeaseBroker BrokerOf(ChartHost host) => host.Services.GetRequiredKeyedService<ILeaseBroker>(Section);

    private static Task<ChartHost> StartAsync(InstalledChart chart, string pod) =>
        ChartHost.StartAsync(chart.EnvironmentOf(pod), chart.ServiceAccountFolder, election => election.Services.AddLeaseBroker(Section));

    private Task<InstalledChart> InstallAsync(string combination) =>
        InstalledChart.InstallAsync(fixture.Server, new HelmChart { Combination = combination });
}
