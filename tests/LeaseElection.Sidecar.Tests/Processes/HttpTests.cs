using System.Globalization;
using System.Net;
using System.Text.Json;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Sidecar.Tests.Processes;

/// <summary>What is served on a leader and on a standby, by real processes over the file store.</summary>
public sealed class HttpTests : SidecarTest
{
    private const string LeaseLabels = "leader_election_lease_name=\"settlement\",leader_election_lease_namespace=\"default\"";

    /// <summary>In seconds, where nobody waits for its end: long enough that no busy machine loses a term.</summary>
    private const int Ttl = 10;

    [Theory]
    [InlineData("/")]
    [InlineData("/any/other/path?x=1")]
    public async Task Name_OnLeaderAndStandby_IsTheAnswerOfTheOldImage(string path)
    {
        (SidecarProcess leader, SidecarProcess standby) = await StartTwoAsync();
        foreach (SidecarProcess sidecar in (SidecarProcess[])[leader, standby])
        {
            using HttpResponseMessage answer = await sidecar.SendAsync(HttpMethod.Get, path);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal("text/plain; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
            Assert.Equal("{\"name\":\"alice\"}"u8.ToArray(), await answer.Content.ReadAsByteArrayAsync());
        }
    }

    [Fact]
    public async Task Stdout_OnEachChange_SaysWhoLeads()
    {
        (SidecarProcess leader, SidecarProcess standby) = await StartTwoAsync();
        Assert.Contains("\nalice is the leader\n", leader.Output, StringComparison.Ordinal);
        leader.Send(UnixSignal.Terminate);
        await standby.SaysAsync("\nbob is the leader\n");
        Assert.Equal(0, await leader.Exited);
    }

    [Fact]
    public async Task Name_HolderIsFrozenAndItsLeaseRunsOut_IsNotTheOldOneForEver()
    {
        (SidecarProcess leader, SidecarProcess standby) = await StartTwoAsync(ttl: 4);
        await FreezeAsync(leader);
        await standby.UntilAsync(async () => await standby.GetAsync("/") == "{\"name\":\"bob\"}", "bob to take over from a frozen leader");
    }

    [Fact]
    public async Task Status_OnAStandby_TellsTheAgeOfWhatItKnows()
    {
        (_, SidecarProcess standby) = await StartTwoAsync();
        using var status = JsonDocument.Parse(await standby.GetAsync("/status"));
        JsonElement root = status.RootElement;
        Assert.Equal(("Standby", "alice", "bob"), (Text("state"), Text("holderIdentity"), Text("identity")));
        Assert.InRange(root.GetProperty("renewalAgeSeconds").GetDouble(), 0, Ttl);
        Assert.False(root.GetProperty("isStale").GetBoolean());

        string? Text(string name) => root.GetProperty(name).GetString();
    }

    [Fact]
    public async Task Leader_Probes_Events_OnLeaderAndStandby()
    {
        (SidecarProcess leader, SidecarProcess standby) = await StartTwoAsync();
        Assert.Equal(HttpStatusCode.OK, await StatusOf(leader, "/leader"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusOf(standby, "/leader"));
        foreach (string probe in (string[])["/healthz", "/readyz"])
        {
            Assert.Equal("Healthy: Leading.\n", await leader.GetAsync(probe));
            Assert.Equal("Healthy: Standing by; alice leads.\n", await standby.GetAsync(probe));
        }

        // The head alone: the events themselves go on for as long as the reader.
        using HttpResponseMessage events = await standby.SendAsync(HttpMethod.Head, "/events");
        Assert.Equal("text/event-stream", events.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task StepDown_OnTheLeader_HandsOverAndOnAStandbyIsRefused()
    {
        (SidecarProcess leader, SidecarProcess standby) = await StartTwoAsync();
        using (HttpResponseMessage answer = await standby.SendAsync(HttpMethod.Post, "/step-down"))
            Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        using (HttpResponseMessage answer = await leader.SendAsync(HttpMethod.Post, "/step-down"))
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await leader.SaysAsync("\nbob is the leader\n");
    }

    [Fact]
    public async Task Metrics_ThroughAHandOver_SumOfLeadersIsOneBeforeAndAfter()
    {
        (SidecarProcess leader, SidecarProcess standby) = await StartTwoAsync();
        Assert.Equal((1, 0), (await MetricAsync(leader, "leader_election_leader"), await MetricAsync(standby, "leader_election_leader")));
        (await leader.SendAsync(HttpMethod.Post, "/step-down")).Dispose();
        await standby.SaysAsync("\nbob is the leader\n");
        const string Transitions = "leader_election_transitions_total", Acquired = ",leader_election_transition=\"acquired\"";
        await standby.UntilAsync( // It is counted after it is told.
            async () => await MetricAsync(standby, Transitions, Acquired) is not null, "bob's term to be counted");

        Assert.Equal((0, 1), (await MetricAsync(leader, "leader_election_leader"), await MetricAsync(standby, "leader_election_leader")));
        Assert.Equal(1, await MetricAsync(leader, Transitions, Acquired));
        Assert.Equal(1, await MetricAsync(
            leader, Transitions, ",leader_election_reason=\"step_down\",leader_election_transition=\"released\""));
        Assert.Equal(1, await MetricAsync(leader, "leader_election_term_duration_seconds_count", ",leader_election_reason=\"step_down\""));
        Assert.Equal(1, await MetricAsync(standby, Transitions, Acquired));
        Assert.InRange((await MetricAsync(standby, "leader_election_lease_renewal_age_seconds"))!.Value, 0, Ttl);
        Assert.Null(await MetricAsync(leader, "leader_election_lease_renewal_age_seconds"));
        using HttpResponseMessage scrape = await leader.SendAsync(HttpMethod.Get, "/metrics");
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", scrape.Content.Headers.ContentType!.ToString());
    }

    private async Task<(SidecarProcess Leader, SidecarProcess Standby)> StartTwoAsync(int ttl = Ttl)
    {
        SidecarProcess leader = await StartOverFilesAsync("--id=alice", $"--ttl={ttl}s", "--http=127.0.0.1:0");
        await leader.SaysAsync("alice is the leader");
        SidecarProcess standby = await StartOverFilesAsync("--id=bob", $"--ttl={ttl}s", "--http=127.0.0.1:0");
        await standby.SaysAsync("alice is the leader");
        return (leader, standby);
    }

    private static async Task<HttpStatusCode> StatusOf(SidecarProcess sidecar, string path)
    {
        using HttpResponseMessage answer = await sidecar.SendAsync(HttpMethod.Get, path);
        return answer.StatusCode;
    }

    /// <summary>A value; <see langword="null"/>: there is none.</summary>
    private static async Task<double?> MetricAsync(SidecarProcess sidecar, string name, string moreLabels = "")
    {
        string series = $"{name}{{{LeaseLabels}{moreLabels}}} ";
        string? line =
            (await sidecar.GetAsync("/metrics")).Split('\n').SingleOrDefault(line => line.StartsWith(series, StringComparison.Ordinal));
        return line is null ? null : double.Parse(line[series.Length..], CultureInfo.InvariantCulture);
    }
}
