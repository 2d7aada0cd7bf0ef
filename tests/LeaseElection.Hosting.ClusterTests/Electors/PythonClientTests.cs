using System.Globalization;
using System.Text.Json.Nodes;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Electors;
using LeaseElection.Testing.Journal;
using Xunit.Abstractions;

namespace LeaseElection.Hosting.ClusterTests.Electors;

/// <summary>Debian's Python client: what it makes of our lease, and we of its.</summary>
[Collection(WaitingElectors.Name)]
public sealed class PythonClientTests(ApiServerFixture fixture, ITestOutputHelper output)
{
    private readonly Findings _findings = new(output);

    [ElectorFact]
    public async Task OurLease_PythonReadsIt_AllFieldsToTheMicrosecond()
    {
        await using Contest contest = await Contest.StartAsync(fixture.Server);
        await contest.Lease.ManifestAsync("", "{leaseTransitions: 6}", "apply");
        OwnCandidate ours = await contest.OursAsync(_ => { });
        await contest.StartsAsync(ours.Identity);

        JsonNode read = JsonNode.Parse(await contest.PythonAsync("read"))!;
        Assert.Equal(ours.Identity, read["holder_identity"]!.GetValue<string>());
        Assert.Equal(15, read["lease_duration_seconds"]!.GetValue<int>());
        Assert.Equal(7, read["lease_transitions"]!.GetValue<int>());
        Assert.Equal(ours.Host.Election.Term!.AcquiredAt, Time(read["acquire_time"]!));
        Assert.True(Time(read["renew_time"]!) >= Time(read["acquire_time"]!));
    }

    /// <summary>
    /// Its ways to write a time, as far as the API server takes them. On a whole second it drops the fraction and is refused.
    /// </summary>
    [ElectorTheory]
    [InlineData("2024-02-29T12:00:00.123456+00:00", 201)]
    [InlineData("2024-02-29T12:00:00.120000+00:00", 201)]
    [InlineData("2024-02-29T17:30:00.123456+05:30", 201)]
    [InlineData("2024-02-29T12:00:00+00:00", 400)]
    public async Task LeaseWrittenByPython_IsReadByOurs(string time, int status)
    {
        await using Contest contest = await Contest.StartAsync(fixture.Server);
        string answer = await contest.PythonAsync("write", "--identity", "python", "--lease-duration", "2", "--time", time);
        Assert.Equal(status.ToString(CultureInfo.InvariantCulture), answer);

        long asked = WorkJournal.Now;
        OwnCandidate ours = await contest.OursAsync(new ElectorTimings(15, 10, 2).Apply);
        WorkSpan our = await contest.StartsAsync(ours.Identity);
        TimeSpan waited = TimeProvider.System.GetElapsedTime(asked, our.Start);
        TimeSpan least = status == 201 ? TimeSpan.FromSeconds(2) : TimeSpan.Zero; // Refused: there is no lease to wait for.
        _findings.Within(least, waited, least + Findings.Slack, $"wait for a lease of 2 s with time {time}");
        Assert.Equal(status == 201 ? 1 : 0, await contest.Lease.TransitionsAsync());
    }

    private static DateTimeOffset Time(JsonNode text) => DateTimeOffset.Parse(text.GetValue<string>(), CultureInfo.InvariantCulture);
}
