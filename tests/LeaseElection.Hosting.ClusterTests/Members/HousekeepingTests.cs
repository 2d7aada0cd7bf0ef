using LeaseElection.Hosting.ClusterTests.Kubernetes;
using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Groups;
using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Kubernetes.Connecting;
using LeaseElection.Hosting.Kubernetes.Credentials;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Members;
using LeaseElection.Hosting.Time;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Election;
using LeaseElection.Testing.Logging;
using LeaseElection.Testing.Time;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeaseElection.Hosting.ClusterTests.Members;

/// <summary>The leader clears away what is left of former members on a real API server, by a clock that hours pass on at once.</summary>
[Collection(WaitingHosts.Name)]
public sealed class HousekeepingTests(ApiServerFixture fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static string Former => MemberLeaseName.Of("settlement", "former");

    [ApiServerTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task StaleLeases_AreCollectedIfThatIsAllowed_AndNoOtherLeaseIsTouched(bool mayDelete)
    {
        RealApiServer server = fixture.Server;
        string leaseNamespace = await server.CreateNamespaceAsync();
        string[] verbs = ["get", "list", "watch", "create", "update"];
        ApiServerUser user = await server.CreateUserAsync(leaseNamespace, PolicyRule.Leases(mayDelete ? [.. verbs, "delete"] : verbs));
        await PutAsync(leaseNamespace, "settlement");                                                     // The election's own.
        await PutAsync(leaseNamespace, "node-heartbeat");                                                 // Somebody else's.
        await PutAsync(leaseNamespace, MemberLeaseName.Of("settlement", "unlabelled"));
        await PutAsync(leaseNamespace, "settlement-7", LeaseGroupName.Label);                             // A partition.
        await PutAsync(leaseNamespace, MemberLeaseName.Of("settlement", "nobody"), LeaseGroupName.Label); // The form of the name alone.
        await PutAsync(leaseNamespace, "settlement-x", LeaseGroupName.Label, MemberTraits.Label);         // The labels alone.
        await PutAsync(leaseNamespace, MemberLeaseName.Of("other", "former"), LeaseGroupName.Label, MemberTraits.Label);
        await PutAsync(leaseNamespace, Former, LeaseGroupName.Label, MemberTraits.Label);
        string[] before = await NamesAsync(leaseNamespace);
        using var logs = new ListLoggerProvider();
        var time = new ManualTimeProvider();
        var run = new ElectionRun(
            new ElectionIdentityCard(leaseNamespace, "settlement", "me"),
            ElectorDriver.Defaults with { LeaseDuration = TimeSpan.FromHours(1) }, // A watch that may be silent from one look to the next.
            new ElectionClock(time));
        await using KubernetesLeases leases = OpenLeases(user, leaseNamespace);
        await using var watch = new LeaseGroupWatch(leases.OpenGroup("settlement"), run, logs.CreateLogger("members"));
        await using var housekeeper = new MemberHousekeeper(watch, run, () => true, logs.CreateLogger("members"));
        watch.Start();
        await Polling.UntilAsync(() => Task.FromResult(watch.View.Leases.Count == 5), Patience);
        time.Advance(TimeSpan.FromMinutes(1));
        housekeeper.Begin();
        for (int look = 0; look < 12; look++)
        {
            // The watch is heard of. An edit of annotations is no sign of life. A version older than the last edit is not deleted.
            await server.KubectlAsync(null, "annotate", "lease", "--all", "-n", leaseNamespace, "--overwrite", $"look={look}");
            await Polling.UntilAsync(
                () => Task.FromResult(
                    watch.View.Find(Former)?.Lease.ReadAnnotations().GetValueOrDefault("look") == $"{look}"
                    && watch.View.IsFreshAt(run.Clock.Now.Monotonic + PresenceHousekeeping.Pace)),
                Patience);
            await time.AdvanceOnceArmedAsync(PresenceHousekeeping.Pace);
        }

        await logs.WaitForAsync(mayDelete ? "StalePresenceDeleted" : "StalePresenceKept");
        Assert.Equal(before.Where(name => !mayDelete || name != "lease.coordination.k8s.io/" + Former), await NamesAsync(leaseNamespace));
    }

    private KubernetesLeases OpenLeases(ApiServerUser user, string leaseNamespace)
    {
        KubernetesConnection connection = fixture.Server.ConnectAs(new ClusterUser { Token = TextSource.FromFile(user.TokenFile) });
        return new KubernetesLeases(connection, leaseNamespace, TimeProvider.System, NullLogger<KubernetesLeases>.Instance);
    }

    /// <summary>Held by somebody who does not renew it any more.</summary>
    private async Task PutAsync(string leaseNamespace, string name, params string[] labels) => await fixture.Server.KubectlAsync(
        $$"""
        { "apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
          "metadata": { "name": "{{name}}", "labels": { {{string.Join(", ", labels.Select(label => $"\"{label}\": \"settlement\""))}} } },
          "spec": { "holderIdentity": "former", "leaseDurationSeconds": 1, "renewTime": "2026-01-01T00:00:00.000000Z" } }
        """,
        "apply", "-n", leaseNamespace, "-f", "-");

    private async Task<string[]> NamesAsync(string leaseNamespace) =>
        (
            await fixture.Server.KubectlAsync(
                null, "get", "leases", "-n", leaseNamespace, "-o", "name")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
