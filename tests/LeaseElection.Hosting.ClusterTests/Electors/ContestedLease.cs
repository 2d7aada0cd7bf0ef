using System.Globalization;
using System.Text.Json.Nodes;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Hosting.ClusterTests.Electors;

/// <summary>The lease of a contest as an administrator sees it and edits it.</summary>
internal sealed class ContestedLease(RealApiServer server, string name, string leaseNamespace)
{
    /// <summary>For failure only.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>kubectl, as admin, in the namespace of the contest.</summary>
    public Task<string> KubectlAsync(params string[] arguments) => server.KubectlAsync(null, [.. arguments, "-n", leaseNamespace]);

    /// <summary>kubectl, merging this into the spec of the lease.</summary>
    public Task<string> PatchSpecAsync(string spec) =>
        KubectlAsync("patch", "lease", name, "--type=merge", "-p", $$"""{"spec":{{spec}}}""");

    /// <summary>kubectl with a manifest of the lease; <paramref name="metadata"/> is what comes after its name.</summary>
    public Task<string> ManifestAsync(string metadata, string spec, params string[] arguments) => server.KubectlAsync(
        $$"""
        apiVersion: coordination.k8s.io/v1
        kind: Lease
        metadata: {name: {{name}}{{metadata}}}
        spec: {{spec}}
        """,
        [.. arguments, "-n", leaseNamespace, "-f", "-"]);

    /// <summary>The lease as the server has it.</summary>
    public async Task<JsonNode> GetAsync() => await server.Admin.SendAsync(
        HttpMethod.Get, $"/apis/coordination.k8s.io/v1/namespaces/{leaseNamespace}/leases/{name}");

    /// <summary>
    /// When the holder last renewed, by the clock of <see cref="TimeProvider.GetTimestamp"/>: the times of the lease are those of this
    /// machine's wall clock, whoever wrote them.
    /// </summary>
    public async Task<long> RenewedAsync()
    {
        TimeSpan ahead = await AheadAsync();
        // Both clocks side by side, when the answer is there: a slow one would otherwise date the renewal too early.
        return TimeProvider.System.GetTimestamp() + (long)(ahead.TotalSeconds * TimeProvider.System.TimestampFrequency);
    }

    /// <summary>How far the time of the last renewal is ahead of this machine's wall clock.</summary>
    public async Task<TimeSpan> AheadAsync() =>
        DateTimeOffset.Parse(await RenewTimeAsync(), CultureInfo.InvariantCulture) - TimeProvider.System.GetUtcNow();

    /// <summary>Waits until the holder has renewed once more.</summary>
    public async Task NextRenewalAsync()
    {
        string before = await RenewTimeAsync();
        await Polling.UntilAsync(async () => await RenewTimeAsync() != before, Patience);
    }

    /// <summary>How often the holder has changed, as the server has it.</summary>
    public async Task<int> TransitionsAsync() => (await GetAsync())["spec"]!["leaseTransitions"]!.GetValue<int>();

    private async Task<string> RenewTimeAsync() => (await GetAsync())["spec"]!["renewTime"]!.GetValue<string>();
}
