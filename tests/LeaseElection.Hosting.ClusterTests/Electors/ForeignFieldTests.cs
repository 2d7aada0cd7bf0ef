using System.Text.Json.Nodes;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Electors;

namespace LeaseElection.Hosting.ClusterTests.Electors;

/// <summary>Whatever is not one of the five fields of an elector belongs to others, whoever renews.</summary>
[Collection(WaitingElectors.Name)]
public sealed class ForeignFieldTests(ApiServerFixture fixture)
{
    private static readonly ElectorTimings Timings = new(15, 10, 0.5);

    [ElectorFact]
    public async Task Fault39_FieldsOfOthers_SurviveManyRenewalsOfOursAndOfClientGo()
    {
        await using Contest contest = await Contest.StartAsync(fixture.Server);
        const string Others = """
            , labels: {team: books}, annotations: {note: "kept"}, finalizers: [example.com/hold],
              ownerReferences: [{apiVersion: v1, kind: ConfigMap, name: owner, uid: 6f5b0a3e-0000-4000-8000-000000000001}]
            """;
        await contest.Lease.ManifestAsync(Others, "{}", "apply", "--server-side", "--field-manager=books");
        OwnCandidate ours = await contest.OursAsync(options =>
        {
            Timings.Apply(options);
            options.RenewInterval = TimeSpan.FromMilliseconds(100);
        });
        await contest.StartsAsync(ours.Identity);
        JsonNode before = await contest.Lease.GetAsync();
        await contest.Lease.KubectlAsync("annotate", "lease", Contest.LeaseName, "added=meanwhile");
        for (int i = 0; i < 20; i++)
            await contest.Lease.NextRenewalAsync();
        AssertKept(before, await contest.Lease.GetAsync());
        Assert.Equal(1, contest.AssertSound().Terms);

        ElectorProcess theirs = await contest.ClientGoAsync(ElectorTimings.ClientGo);
        await theirs.SeesAsync(ours.Identity);
        await ours.StopAsync();
        await contest.StartsAsync(theirs.Identity);
        await contest.Lease.NextRenewalAsync();
        AssertKept(before, await contest.Lease.GetAsync());
        contest.AssertSound();
    }

    /// <summary>A field that the API server does not know is pruned by it, and we go on.</summary>
    [ElectorFact]
    public async Task Fault39_UnknownFieldOfTheSpec_IsPrunedByTheServerAndDoesNotDisturb()
    {
        await using Contest contest = await Contest.StartAsync(fixture.Server);
        await contest.Lease.ManifestAsync(
            "", """{strategy: OldestEmulationVersion, preferredHolder: ours-1}""", "create", "--validate=false");
        OwnCandidate ours = await contest.OursAsync(Timings.Apply);
        await contest.StartsAsync(ours.Identity);
        await contest.Lease.PatchSpecAsync("""{"unheardOf":1}""");
        await contest.Lease.NextRenewalAsync();
        Assert.False((await contest.Lease.GetAsync())["spec"]!.AsObject().ContainsKey("unheardOf"));
        Assert.Equal(1, contest.AssertSound().Terms);
    }

    private static void AssertKept(JsonNode before, JsonNode after)
    {
        Assert.Equal("books", after["metadata"]!["labels"]!["team"]!.GetValue<string>());
        Assert.Equal("kept", after["metadata"]!["annotations"]!["note"]!.GetValue<string>());
        Assert.Equal("meanwhile", after["metadata"]!["annotations"]!["added"]!.GetValue<string>());
        foreach (string field in new[] { "finalizers", "ownerReferences", "uid", "creationTimestamp" })
            Assert.Equal(before["metadata"]![field]!.ToJsonString(), after["metadata"]![field]!.ToJsonString());

        // What kubectl owns it still owns, and one writer has one entry however often it writes.
        JsonNode[] managers = [.. after["metadata"]!["managedFields"]!.AsArray().Select(entry => entry!)];
        JsonNode books = Assert.Single(managers, entry => entry["manager"]!.GetValue<string>() == "books");
        Assert.Equal("Apply", books["operation"]!.GetValue<string>());
        Assert.Contains("f:finalizers", books["fieldsV1"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.InRange(managers.Length, 2, 4);
    }
}
