using System.Net;
using System.Text.Json;

namespace LeaseElection.Samples.Tests.Templates;

/// <summary>What <c>dotnet new</c> makes builds, leads and hands over, also under a name that no namespace and no lease can have.</summary>
public sealed class TemplateTests(InstalledTemplates templates, ITestOutputHelper output) : IClassFixture<InstalledTemplates>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [UnixFact]
    public async Task Worker_MadeBuiltAndStarted_LeadsWorksAndHandsOver()
    {
        await using var replicas = new ReplicaSet(await templates.BuildAsync("leader-worker", "Night.Settlement-2"), output);
        Replica leader = replicas.Start();
        await leader.WaitForAsync(" became leader of lease default/night-settlement-2", Patience);
        await leader.WaitForAsync("Working, with fencing token 1", Patience);
        Replica standby = replicas.Start();
        await standby.WaitForAsync(" leads lease default/night-settlement-2; standing by", Patience);

        await leader.SignalAsync("TERM");

        await standby.WaitForAsync("Working, with fencing token", Patience);
        Assert.Equal(0, await leader.WaitForExitAsync(Patience));
        Assert.Contains(leader.Lines, line => line.Says("Released lease default/night-settlement-2"));
    }

    [UnixFact]
    public async Task WebApi_MadeBuiltAndStarted_AnswersLeadsAndEnds()
    {
        await using var replicas = new ReplicaSet(await templates.BuildAsync("leader-webapi", "Shop.Api"), output);
        Replica leader = replicas.Start("--urls", "http://127.0.0.1:0");
        await leader.WaitForAsync("Working, with fencing token", Patience);
        Replica standby = replicas.Start("--urls", "http://127.0.0.1:0");
        await standby.WaitForAsync(" leads lease default/shop-api; standing by", Patience);

        using HttpClient toLeader = await ClientOfAsync(leader);
        using HttpClient toStandby = await ClientOfAsync(standby);
        using var elections = JsonDocument.Parse(await toLeader.GetStringAsync("/leader-election"));
        Assert.Contains("\"shop-api\"", elections.RootElement.ToString(), StringComparison.Ordinal);
        foreach (string path in new[] { "/livez", "/readyz", "/" })
            Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await GetAsync(toLeader, path), await GetAsync(toStandby, path)));
        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable),
            (await GetAsync(toLeader, "/leader-election/default/leader"), await GetAsync(toStandby, "/leader-election/default/leader")));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable), (await RunAsync(toLeader), await RunAsync(toStandby)));

        await leader.SignalAsync("TERM");
        Assert.Equal(0, await leader.WaitForExitAsync(Patience));
        await standby.WaitForAsync("Working, with fencing token", Patience);
        Assert.Equal(HttpStatusCode.OK, await RunAsync(toStandby));
    }

    private static async Task<HttpClient> ClientOfAsync(Replica replica) =>
        new() { BaseAddress = new Uri((await replica.WaitForAsync("Now listening on", Patience)).Text.Split(' ')[^1]) };

    private static async Task<HttpStatusCode> GetAsync(HttpClient client, string path)
    {
        using HttpResponseMessage answer = await client.GetAsync(path);
        return answer.StatusCode;
    }

    private static async Task<HttpStatusCode> RunAsync(HttpClient client)
    {
        using HttpResponseMessage answer = await client.PostAsync("/run", null);
        return answer.StatusCode;
    }
}
