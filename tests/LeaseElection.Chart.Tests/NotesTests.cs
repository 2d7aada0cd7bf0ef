using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Chart;

namespace LeaseElection.Chart.Tests;

/// <summary>What a person reads after an installation.</summary>
[Collection(ApiServerFixture.Collection)]
public sealed class NotesTests(ApiServerFixture fixture)
{
    [InstalledFact]
    public async Task Notes_SayWhoLeadsAndHowToEndATerm()
    {
        // The kinds of the Prometheus Operator are nobody's here.
        (string notes, string name) = await InstallAsync("everything", "podMonitor.enabled=false", "prometheusRule.enabled=false");

        Assert.Contains(
            $"2 replicas of nightly-settlement stand for the lease {name}/nightly.settlement.", notes, StringComparison.Ordinal);
        Assert.Contains(
            $"kubectl get lease -n {name} nightly.settlement -o jsonpath='{{.spec.holderIdentity}}'", notes, StringComparison.Ordinal);
        Assert.Contains($"kubectl get pods -n {name} -l leaseelection.dev/role=leader", notes, StringComparison.Ordinal);
        Assert.Contains($"http://nightly-settlement-leader.{name}.svc:8082", notes, StringComparison.Ordinal);
        Assert.Contains(
            $$$"""kubectl patch lease -n {{{name}}} nightly.settlement --type merge -p '{"spec":{"holderIdentity":""}}'""", notes,
            StringComparison.Ordinal);
        Assert.DoesNotContain("may not create", notes, StringComparison.Ordinal);
        Assert.DoesNotContain("`helm uninstall` leaves the lease", notes, StringComparison.Ordinal); // lease.keep=false
    }

    [InstalledTheory]
    [InlineData("bare", "1 replicas of", "One replica has nobody to take over from it: set replicaCount to 2 or more.")]
    [InlineData("policies", "The replicas of", "`helm uninstall` leaves the lease, because Pods may still drain under it.")]
    [InlineData(
        "least-rights", "3 replicas of", "nobody leads until it is there. Argo CD leaves Leases out; set lease.create=false with it.")]
    public async Task Notes_OfACombination_Say(string combination, string start, string text)
    {
        (string notes, _) = await InstallAsync(combination);

        Assert.StartsWith(start, notes, StringComparison.Ordinal);
        Assert.Contains(text, notes, StringComparison.Ordinal);
    }

    /// <summary>A label's value has 63 characters at most, so a longer name is shortened as the library does it.</summary>
    [InstalledTheory]
    [InlineData("orders", "orders")]
    [InlineData(
        "a-name-of-sixty-four-characters-that-does-not-fit-into-a-label.x",
        "a-name-of-sixty-four-characters-that-does-not-fit-into-aca1ba2d")]
    public async Task Notes_OfPartitions_SayWhoIsThereAndWhoWorksOnWhat(string lease, string group)
    {
        (string notes, string name) = await InstallAsync("partitions", $"election.leaseName={lease}", "prometheusRule.enabled=false");

        Assert.Contains("Who is there, and which of them works on each of the 12 partitions:", notes, StringComparison.Ordinal);
        Assert.Contains($"kubectl get leases -n {name} -l leaseelection.dev/members-of={group}\n", notes, StringComparison.Ordinal);
        Assert.Contains($"kubectl get leases -n {name} -l leaseelection.dev/partitions-of={group}\n", notes, StringComparison.Ordinal);
        Assert.Contains($"kubectl delete leases -n {name} -l leaseelection.dev/partitions-of={group}", notes, StringComparison.Ordinal);
        Assert.DoesNotContain("have no partition", notes, StringComparison.Ordinal);
    }

    [InstalledTheory]
    [InlineData(
        "replicaCount=15",
        "3 of the 15 replicas have no partition and stand by: set partitions.count to 15 or more, or replicaCount to less.")]
    [InlineData(
        "replicaCount=null",
        "No more than 12 replicas have a partition: give the autoscaler that for its maximum, or set partitions.count to more.")]
    public async Task Notes_OfMoreReplicasThanPartitions_SaySo(string value, string text)
    {
        (string notes, _) = await InstallAsync("partitions", value, "prometheusRule.enabled=false");

        Assert.Contains(text, notes, StringComparison.Ordinal);
    }

    /// <summary>Locks by name, where somebody else makes the Leases: the commands are there, and make them.</summary>
    [InstalledFact]
    public async Task Notes_WhereNobodyMakesTheLocksLeases_HaveTheCommandsThatDo()
    {
        (string notes, string name) = await InstallAsync("locks", "lease.create=false", "rbac.createLease=false");

        foreach (string line in notes.Split('\n').Where(line => line.Contains("kubectl create", StringComparison.Ordinal)))
        {
            string[] parts = line.Trim().Split(" | kubectl ");
            await fixture.Server.KubectlAsync(parts[0]["echo '".Length..^1], parts[1].Split(' '));
        }

        await fixture.Server.KubectlAsync(null, "get", "lease", "shop-leader-elected-app", "batch-processor", "nightly.import", "-n", name);
    }

    /// <summary>Neither the app nor the chart makes the Lease: the notes have the command, which makes it.</summary>
    [InstalledFact]
    public async Task Notes_WhereNobodyMakesTheLease_HaveTheCommandThatDoes()
    {
        (string notes, string name) = await InstallAsync("default", "rbac.createLease=false");

        string command = notes.Split('\n').Single(line => line.Contains("kubectl create", StringComparison.Ordinal)).Trim();
        string[] parts = command.Split(" | kubectl ");
        string json = parts[0]["echo '".Length..^1];
        await fixture.Server.KubectlAsync(json, parts[1].Split(' '));

        await fixture.Server.KubectlAsync(null, "get", "lease", "shop-leader-elected-app", "-n", name);
    }

    private async Task<(string Notes, string Namespace)> InstallAsync(string combination, params string[] set)
    {
        HelmRelease release = await HelmRelease.PrepareAsync(fixture.Server, new HelmChart { Combination = combination, Set = set });
        string text = await release.InstallAsync();
        return (text[(text.IndexOf("\nNOTES:\n", StringComparison.Ordinal) + "\nNOTES:\n".Length)..], release.Chart.Namespace);
    }
}
