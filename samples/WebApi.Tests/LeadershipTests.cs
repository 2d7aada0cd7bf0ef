using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LeaseElection.Hosting;
using LeaseElection.Hosting.Testing;

namespace WebApi.Tests;

/// <summary>Lead, call, lose, assert: no cluster, no file, no waiting.</summary>
public sealed class LeadershipTests : IDisposable
{
    private readonly WebApiFactory _app = new();
    private readonly HttpClient _client;

    public LeadershipTests() => _client = _app.CreateClient();

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task Leader_BeforeAnybodyLeads_SaysThatAnotherReplicaDoes()
    {
        JsonElement leader = await _client.GetFromJsonAsync<JsonElement>("/leader");

        Assert.False(leader.GetProperty("isLeader").GetBoolean());
        Assert.Equal(FakeLeaderElection.AnotherReplica, leader.GetProperty("holderIdentity").GetString());
    }

    [Fact]
    public async Task LeaderOnlyEndpoint_WhileItLeads_AnswersAndAfterwardsSendsTheClientAway()
    {
        await _app.Election.LeadAsync();
        using (HttpResponseMessage onLeader = await _client.PostAsync("/sweep", content: null))
            Assert.Equal(HttpStatusCode.OK, onLeader.StatusCode);

        await _app.Election.LoseAsync();
        using HttpResponseMessage onStandby = await _client.PostAsync("/sweep", content: null);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, onStandby.StatusCode);
        Assert.NotNull(onStandby.Headers.RetryAfter);
    }

    [Theory]
    [InlineData(LeadershipLoss.OtherHolder)]
    [InlineData(LeadershipLoss.LeaseDeleted)]
    [InlineData(LeadershipLoss.DeadlinePassed)]
    public async Task LoadBalancer_WhateverEndsTheTerm_IsToldAtOnce(LeadershipLoss reason)
    {
        await _app.Election.LeadAsync();
        Assert.Equal(HttpStatusCode.OK, await StatusOfAsync("/leader-election/default/leader"));

        await _app.Election.LoseAsync(reason);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusOfAsync("/leader-election/default/leader"));
        Assert.Equal(HttpStatusCode.OK, await StatusOfAsync("/readyz"));
    }

    [Fact]
    public async Task Replicas_TheLeaderStops_TheOtherOneLeadsAtOnce()
    {
        var leases = new InMemoryLeases();
        await using var a = new WebApiFactory(leases);
        await using var b = new WebApiFactory(leases);
        LeadershipTerm first = await a.Election.LeadAsync();
        ILeaderElection other = b.Election.Election;

        await a.DisposeAsync();
        LeadershipTerm second = await other.WaitForLeadershipAsync().WaitAsync(b.Election.Patience);

        Assert.True(second.FencingToken > first.FencingToken);
        Assert.Equal(other.Identity, leases.HolderOf("web-api"));
    }

    private async Task<HttpStatusCode> StatusOfAsync(string path)
    {
        using HttpResponseMessage response = await _client.GetAsync(path);
        return response.StatusCode;
    }
}
