using System.Net;
using LeaseElection.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LeaseElection.Hosting.AspNetCore.Tests;

public sealed class StepDownEndpointTests : WebTest
{
    private const string Path = "/leader-election/default/step-down";

    private static void MapOpen(WebApplication app) =>
        app.MapLeaderElection("/leader-election", options => options.MapStepDown(endpoint => endpoint.AllowAnonymous()));

    private static void MapForOperators(WebApplication app) =>
        app.MapLeaderElection("/leader-election", options => options.MapStepDown(endpoint => endpoint.RequireAuthorization("operators")));

    [Fact]
    public async Task StepDown_OnTheLeader_HandsOverAndAnswersWhenItHas()
    {
        (WebReplica leader, WebReplica standby) = await StartTwoAsync(MapOpen);
        WebAnswer answer = await leader.PostAsync(Path);
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.False(answer.IsLeader);
        await standby.LeadAsync();
        Assert.Equal(HttpStatusCode.OK, (await standby.GetAsync("/leader-election/default/leader")).Status);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await leader.GetAsync("/leader-election/default/leader")).Status);
        Assert.Contains("127.0.0.1", Assert.Single(leader.Logs.Named("StepDownAsked")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StepDown_OnAStandby_IsAConflictThatNamesTheHolder()
    {
        (WebReplica leader, WebReplica standby) = await StartTwoAsync(MapOpen);
        WebAnswer answer = await standby.PostAsync(Path);
        answer.AssertProblem(HttpStatusCode.Conflict);
        Assert.Equal("alice", answer["holderIdentity"]);
        Assert.True(leader.Election.IsLeader);
    }

    [Fact]
    public async Task StepDown_UnknownElection_ListsTheNames()
    {
        WebReplica replica = await StartAsync(MapOpen, new FakeElection("reports") { IsLeader = true });
        (await replica.PostAsync(Path)).AssertProblem(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task StepDown_NotAskedFor_IsNotMapped()
    {
        var election =
            new FakeElection { IsLeader = true, OnStepDown = _ => throw new InvalidOperationException("It must not be called.") };
        WebReplica replica = await StartAsync(app => app.MapLeaderElection("/leader-election"), election);
        Assert.Equal(HttpStatusCode.NotFound, (await replica.PostAsync(Path)).Status);
    }

    [Fact]
    public async Task Map_StepDownWithoutAuthorization_IsRefusedWithTheFix()
    {
        await using var replica = new WebReplica("me");
        replica.Builder.Services.AddLeaderElection();
        var exception = Assert.Throws<InvalidOperationException>(
            () => replica.App.MapLeaderElection(
                "/leader-election", options => options.MapStepDown(endpoint => endpoint.WithMetadata("open to all"))));
        Assert.Contains("RequireAuthorization(\"operators\")", exception.Message, StringComparison.Ordinal);
        Assert.Contains("AllowAnonymous()", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StepDown_ByPolicy_IsForThoseWhoMayOnly()
    {
        int asked = 0;
        var election = new FakeElection { IsLeader = true, OnStepDown = _ => Task.FromResult(++asked) };
        WebReplica replica = await StartAsync(election, MapForOperators);
        Assert.Equal(HttpStatusCode.OK, (await replica.GetAsync("/leader-election")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await replica.PostAsync(Path)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await replica.PostAsync(Path, ("User", "mallory"))).Status);
        Assert.Equal(0, asked);

        Assert.Equal(HttpStatusCode.OK, (await replica.PostAsync(Path, ("User", "olga"))).Status);
        Assert.Equal(1, asked);
        Assert.Contains("olga", Assert.Single(replica.Logs.Named("StepDownAsked")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StepDown_WholeIsOpen_IsStillForThoseWhoMayOnly()
    {
        int asked = 0;
        var election = new FakeElection { IsLeader = true, OnStepDown = _ => Task.FromResult(++asked) };
        WebReplica replica = await StartAsync(election, app => app
            .MapGroup("").AllowAnonymous()
            .MapLeaderElection("/leader-election", options => options.MapStepDown(endpoint => endpoint.RequireAuthorization("operators")))
            .AllowAnonymous());
        Assert.Equal(HttpStatusCode.OK, (await replica.GetAsync("/leader-election")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await replica.PostAsync(Path)).Status);
        Assert.Equal(0, asked);
    }

    [Fact]
    public async Task Whole_WithAuthorization_IsClosed()
    {
        WebReplica replica = await StartAsync(
            new FakeElection { IsLeader = true }, app => app.MapLeaderElection("/leader-election").RequireAuthorization());
        foreach (string path in new[] { "", "/default", "/default/leader", "/events" })
            Assert.Equal(HttpStatusCode.Unauthorized, (await replica.GetAsync("/leader-election" + path)).Status);
        Assert.Equal(HttpStatusCode.OK, (await replica.GetAsync("/leader-election", ("User", "anybody"))).Status);
    }

    [Fact]
    public async Task StepDown_FromAPageOfAnotherSite_IsForbidden()
    {
        int asked = 0;
        WebReplica replica = await StartAsync(MapOpen, new FakeElection { IsLeader = true, OnStepDown = _ => Task.FromResult(++asked) });
        (await replica.PostAsync(Path, ("Sec-Fetch-Site", "cross-site"))).AssertProblem(HttpStatusCode.Forbidden);
        (await replica.PostAsync(Path, ("Sec-Fetch-Site", "same-site"))).AssertProblem(HttpStatusCode.Forbidden);
        (await replica.PostAsync(Path, ("Origin", "http://elsewhere.example"))).AssertProblem(HttpStatusCode.Forbidden);
        (await replica.PostAsync(Path, ("Origin", "null"))).AssertProblem(HttpStatusCode.Forbidden);
        Assert.Equal(0, asked);
        Assert.Equal(
            HttpStatusCode.OK,
            (await replica.PostAsync(Path, ("Sec-Fetch-Site", "same-origin"), ("Origin", "https://proxy.example"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await replica.PostAsync(Path, ("Origin", replica.App.Urls.First()))).Status);
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task StepDown_ClientGoesAwayMeanwhile_StopsWaitingOnly()
    {
        var begun = new TaskCompletionSource();
        var gone = new TaskCompletionSource();
        var election = new FakeElection { IsLeader = true };
        election.OnStepDown = async token =>
        {
            begun.SetResult();
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            }
            finally
            {
                gone.SetResult();
            }
        };
        WebReplica replica = await StartAsync(MapOpen, election);
        using var client = new CancellationTokenSource();
        Task<HttpResponseMessage> asking = replica.Client.PostAsync(new Uri(Path, UriKind.Relative), null, client.Token);
        await begun.Task.WaitAsync(Signal.Patience);
        await client.CancelAsync();
        await gone.Task.WaitAsync(Signal.Patience);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        await replica.StopAsync();
        Assert.DoesNotContain(replica.Logs.Entries, entry => entry.Level >= Microsoft.Extensions.Logging.LogLevel.Warning);
    }

    private async Task<WebReplica> StartAsync(FakeElection election, Action<WebApplication> map)
    {
        WebReplica replica = NewReplica();
        HeaderAuthentication.Add(replica.Builder.Services);
        replica.Builder.Services.AddSingleton<ILeaderElection>(election);
        map(replica.App);
        await replica.StartAsync();
        return replica;
    }
}
