using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LeaseElection.Hosting.ClusterTests.Kubernetes;
using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Kubernetes.Connecting;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing;
using LeaseElection.Testing.ApiServer;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeaseElection.Hosting.ClusterTests.Election;

/// <summary>What others see of our lease, and what we make of theirs.</summary>
[Collection(WaitingHosts.Name)]
public sealed partial class LeaseOnTheServerTests(ApiServerFixture fixture)
{
    private static readonly PolicyRule All = PolicyRule.Leases("get", "create", "update", "watch");

    private RealApiServer Server => fixture.Server;

    [ApiServerFact]
    public async Task Leading_KubectlAndOwnReader_AgreeOnAllFiveFields()
    {
        string leaseNamespace = await Server.CreateNamespaceAsync();
        ApiServerUser user = await Server.CreateUserAsync(leaseNamespace, All);
        await using ClusterHost host = await ClusterHost.StartAsync(Server, user, leaseNamespace);
        LeadershipTerm term = await host.LeadsAsync();

        JsonNode lease = await GetAsync(leaseNamespace);
        JsonNode spec = lease["spec"]!;
        Assert.Equal(host.Election.Identity, spec["holderIdentity"]!.GetValue<string>());
        Assert.Equal(15, spec["leaseDurationSeconds"]!.GetValue<int>());
        Assert.Equal(0, spec["leaseTransitions"]!.GetValue<int>());
        Assert.Matches(MicroTime(), spec["acquireTime"]!.GetValue<string>());
        Assert.Matches(MicroTime(), spec["renewTime"]!.GetValue<string>());
        Assert.Equal(term.AcquiredAt, DateTimeOffset.Parse(spec["acquireTime"]!.GetValue<string>(), null));

        await using var store = new KubernetesLeaseStore(
            KubernetesConnectionResolver.TryResolve(
                new KubernetesStoreOptions
                {
                    ApiServer = Server.Url.ToString(),
                    TokenFile = user.TokenFile,
                    CertificateAuthorityFile = Server.CertificateAuthorityFile,
                },
                ProcessEnvironment.Current,
                false,
                [])!.WithPatience(),
            leaseNamespace,
            "settlement",
            TimeProvider.System,
            NullLogger<KubernetesLeaseStore>.Instance);
        var found = Assert.IsType<LeaseReply.Found>(await store.ReadAsync(Signal.Patience, CancellationToken.None));
        Assert.Equal(host.Election.Identity, found.Lease.Record.HolderIdentity);
        Assert.Equal(15, found.Lease.Record.LeaseDurationSeconds);
        Assert.Equal(0, found.Lease.Record.LeaseTransitions);
        Assert.Equal(term.AcquiredAt, found.Lease.Record.AcquireTime);
        Assert.True(found.Lease.Record.RenewTime >= term.AcquiredAt);
    }

    [ApiServerTheory]
    [InlineData("spec: {holderIdentity: ''}")]
    [InlineData("spec: {holderIdentity: null, leaseDurationSeconds: 15}")]
    [InlineData("spec: {holderIdentity: '', leaseDurationSeconds: 1, leaseTransitions: 41}")]
    [InlineData("spec: {holderIdentity: somebody-without-times}")]
    [InlineData("")]
    public async Task LeaseMadeByKubectl_NobodyHoldsIt_IsTaken(string spec)
    {
        string leaseNamespace = await Server.CreateNamespaceAsync();
        await ApplyAsync(leaseNamespace, spec);
        ApiServerUser user = await Server.CreateUserAsync(leaseNamespace, All);
        await using ClusterHost host = await ClusterHost.StartAsync(Server, user, leaseNamespace);
        LeadershipTerm term = await host.LeadsAsync();
        Assert.Equal(spec.Contains("41", StringComparison.Ordinal) ? 42 : 1, term.Transitions);
        Assert.Equal("kept", (await GetAsync(leaseNamespace))["metadata"]!["labels"]!["other"]!.GetValue<string>());
    }

    [ApiServerFact]
    public async Task LeaseHeldBySomebodyElse_IsWaitedForByItsOwnDuration()
    {
        string leaseNamespace = await Server.CreateNamespaceAsync();
        await ApplyAsync(leaseNamespace, """
            spec: {holderIdentity: another-client, leaseDurationSeconds: 4, leaseTransitions: 7,
              acquireTime: "2020-01-01T00:00:00.000000Z", renewTime: "2020-01-01T00:00:00.000000Z"}
            """);
        ApiServerUser user = await Server.CreateUserAsync(leaseNamespace, All);
        long before = TimeProvider.System.GetTimestamp();
        await using ClusterHost host = await ClusterHost.StartAsync(Server, user, leaseNamespace);
        LeadershipTerm term = await host.LeadsAsync();
        TimeSpan waited = TimeProvider.System.GetElapsedTime(before);
        Assert.True(waited >= TimeSpan.FromSeconds(4), $"took over after {waited}");
        Assert.True(waited < TimeSpan.FromSeconds(10), $"waited {waited}: longer than the record says");
        Assert.Equal(8, term.Transitions);
    }

    [ApiServerFact]
    public async Task LeaseDeletedWhileLeading_EndsTheTermAndBeginsAnotherWithAGreaterToken()
    {
        string leaseNamespace = await Server.CreateNamespaceAsync();
        ApiServerUser user = await Server.CreateUserAsync(leaseNamespace, All);
        await using ClusterHost host = await ClusterHost.StartAsync(Server, user, leaseNamespace);
        LeadershipTerm first = await host.LeadsAsync();
        await Server.KubectlAsync(null, "delete", "lease", "settlement", "-n", leaseNamespace);
        await host.UntilAsync(_ => !first.IsHeld);
        LeadershipTerm second = await host.LeadsAsync();
        Assert.NotSame(first, second);
        Assert.True(second.FencingToken > first.FencingToken);
    }

    /// <summary>The command of docs/troubleshooting.md, to end a term by hand.</summary>
    [ApiServerFact]
    public async Task TermGivenUpByKubectlPatch_EndsAtOnce()
    {
        string leaseNamespace = await Server.CreateNamespaceAsync();
        ApiServerUser user = await Server.CreateUserAsync(leaseNamespace, All);
        await using ClusterHost host = await ClusterHost.StartAsync(Server, user, leaseNamespace);
        LeadershipTerm term = await host.LeadsAsync();
        await Server.KubectlAsync(
            null, "patch", "lease", "-n", leaseNamespace, "settlement", "--type", "merge",
            "-p", """{"spec":{"holderIdentity":"","leaseDurationSeconds":1}}""");
        await host.UntilAsync(_ => !term.IsHeld);
        Assert.Contains("HolderCleared", (await host.Logs.WaitForAsync("LeadershipLost")).Message, StringComparison.Ordinal);
    }

    private async Task<JsonNode> GetAsync(string leaseNamespace) =>
        JsonNode.Parse(await Server.KubectlAsync(null, "get", "lease", "settlement", "-n", leaseNamespace, "-o", "json"))!;

    private Task<string> ApplyAsync(string leaseNamespace, string spec) => Server.KubectlAsync(
        $$"""
        apiVersion: coordination.k8s.io/v1
        kind: Lease
        metadata: {name: settlement, labels: {other: kept} }
        {{spec}}
        """,
        "apply", "-n", leaseNamespace, "-f", "-");

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$", RegexOptions.NonBacktracking)]
    private static partial Regex MicroTime();
}
