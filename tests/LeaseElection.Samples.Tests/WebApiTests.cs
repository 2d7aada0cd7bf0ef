using System.Net;
using System.Text.Json;

namespace LeaseElection.Samples.Tests;

/// <summary>What probes, people and load balancers get from <c>samples/WebApi</c>, on the leader and on a standby.</summary>
public sealed class WebApiTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("/livez")]
    [InlineData("/readyz")]
    public async Task Probe_OnLeaderAndStandby_IsOkAndSaysWhoLeads(string path)
    {
        await using var replicas = new ReplicaSet("WebApi", output);
        (Replica leader, HttpClient toLeader, HttpClient toStandby) = await StartTwoAsync(replicas);
        string identity = IdentityOf(leader);
        using (toLeader)
        using (toStandby)
        {
            JsonElement onLeader = await ProbeAsync(toLeader, path);
            JsonElement onStandby = await ProbeAsync(toStandby, path);

            Assert.True(onLeader.GetProperty("isLeader").GetBoolean());
            Assert.False(onStandby.GetProperty("isLeader").GetBoolean());
            Assert.Equal("Standby", onStandby.GetProperty("state").GetString());
            Assert.Equal(identity, onLeader.GetProperty("holderIdentity").GetString());
            Assert.Equal(identity, onStandby.GetProperty("holderIdentity").GetString());
        }
    }

    [UnixFact]
    public async Task Leader_Asked_AllReplicasAgreeBeforeAndAfterAHandOver()
    {
        await using var replicas = new ReplicaSet("WebApi", output);
        (Replica leader, HttpClient toLeader, HttpClient toStandby) = await StartTwoAsync(replicas);
        using (toLeader)
        using (toStandby)
        {
            JsonElement onLeader = await GetAsync(toLeader, "/leader");
            JsonElement onStandby = await GetAsync(toStandby, "/leader");
            Assert.True(onLeader.GetProperty("isLeader").GetBoolean());
            Assert.False(onStandby.GetProperty("isLeader").GetBoolean());
            Assert.Equal(IdentityOf(leader), onLeader.GetProperty("identity").GetString());
            await GetAsync(toLeader, "/leader-election/default/leader");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusOfAsync(toStandby, "/leader-election/default/leader"));
            foreach (string fact in new[] { "holderIdentity", "transitions", "acquiredAt" })
                Assert.Equal(onLeader.GetProperty(fact).ToString(), onStandby.GetProperty(fact).ToString());

            await leader.SignalAsync("TERM");
            await leader.WaitForExitAsync(Patience);
            await replicas.Last.WaitForAsync("Swept", Patience);

            JsonElement after = await GetAsync(toStandby, "/leader");
            Assert.True(after.GetProperty("isLeader").GetBoolean());
            await GetAsync(toStandby, "/leader-election/default/leader");
            Assert.Equal("Leading", after.GetProperty("state").GetString());
            Assert.Equal(onStandby.GetProperty("identity").GetString(), after.GetProperty("holderIdentity").GetString());
            Assert.Equal(onStandby.GetProperty("transitions").GetInt32() + 1, after.GetProperty("transitions").GetInt32());
        }
    }

    [Fact]
    public async Task Requests_OfPeople_AreLoggedAndThoseOfMachinesAreNot()
    {
        await using var replicas = new ReplicaSet("WebApi", output);
        Replica only = replicas.Start("--urls", "http://127.0.0.1:0");
        using HttpClient client = await ClientOfAsync(only);

        await StatusOfAsync(client, "/livez");
        await StatusOfAsync(client, "/readyz");
        await StatusOfAsync(client, "/leader-election/default/leader");
        await StatusOfAsync(client, "/leader");

        await only.WaitForAsync("HTTP GET /leader responded 200 in", Patience);
        Assert.Single(only.Lines, line => line.Says("HTTP GET"));
    }

    private static async Task<(Replica Leader, HttpClient ToLeader, HttpClient ToStandby)> StartTwoAsync(ReplicaSet replicas)
    {
        Replica leader = replicas.Start("--urls", "http://127.0.0.1:0");
        await leader.WaitForAsync("became leader of lease default/web-api", Patience);
        await leader.WaitForAsync("Swept", Patience);
        Replica standby = replicas.Start("--urls", "http://127.0.0.1:0");
        await standby.WaitForAsync(IdentityOf(leader) + " leads lease default/web-api; standing by", Patience);
        Assert.DoesNotContain(standby.Lines, line => line.Says("Swept"));
        return (leader, await ClientOfAsync(leader), await ClientOfAsync(standby));
    }

    /// <summary>It elects before it listens, and what each prints comes in either order.</summary>
    private static async Task<HttpClient> ClientOfAsync(Replica replica) =>
        new() { BaseAddress = new Uri((await replica.WaitForAsync("Now listening on", Patience)).Text.Split(' ')[^1]) };

    private static string IdentityOf(Replica replica) =>
        replica.Lines.First(line => line.Says("Standing for")).Text.Split(' ')[^1];

    /// <summary>The data of the check, from a probe that answered as Kubernetes and proxies want it to.</summary>
    private static async Task<JsonElement> ProbeAsync(HttpClient client, string path)
    {
        JsonElement body = await GetAsync(client, path);
        Assert.Equal("Healthy", body.GetProperty("status").GetString());
        JsonElement check = body.GetProperty("results").GetProperty("leader_election");
        Assert.Equal("Healthy", check.GetProperty("status").GetString());
        return check.GetProperty("data");
    }

    private static async Task<HttpStatusCode> StatusOfAsync(HttpClient client, string path)
    {
        using HttpResponseMessage response = await client.GetAsync(new Uri(path, UriKind.Relative));
        return response.StatusCode;
    }

    private static async Task<JsonElement> GetAsync(HttpClient client, string path)
    {
        using HttpResponseMessage response = await client.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(response.Headers.CacheControl?.NoStore, path + " must not be cached");
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        using JsonDocument body = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return body.RootElement.Clone();
    }
}
