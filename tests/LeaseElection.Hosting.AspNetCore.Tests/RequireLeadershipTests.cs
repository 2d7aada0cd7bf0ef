using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace LeaseElection.Hosting.AspNetCore.Tests;

public sealed class RequireLeadershipTests : WebTest
{
    [Fact]
    public async Task Endpoint_ThroughAHandOver_IsServedByTheLeaderOnly()
    {
        (WebReplica leader, WebReplica standby) = await StartTwoAsync(app => app.MapGet("/admin", () => "served").RequireLeadership());
        WebAnswer served = await leader.GetAsync("/admin");
        Assert.Equal((HttpStatusCode.OK, "served"), (served.Status, served.Text));
        WebAnswer refused = await standby.GetAsync("/admin");
        refused.AssertProblem(HttpStatusCode.ServiceUnavailable);
        Assert.Equal("alice", refused["holderIdentity"]);
        Assert.Equal("alice holds the lease.", refused["detail"]);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Response.Headers.RetryAfter?.Delta);

        await leader.Election.StepDownAsync();
        await standby.LeadAsync();
        Assert.Equal(HttpStatusCode.OK, (await standby.GetAsync("/admin")).Status);
        (await leader.GetAsync("/admin")).AssertProblem(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task Endpoint_NobodyLeads_SaysSo()
    {
        WebReplica replica = await StartAsync(app => app.MapGet("/admin", () => "served").RequireLeadership(), new FakeElection());
        WebAnswer refused = await replica.GetAsync("/admin");
        refused.AssertProblem(HttpStatusCode.ServiceUnavailable);
        Assert.Equal("Nobody is known to hold the lease at present.", refused["detail"]);
        Assert.False(refused.Json.TryGetProperty("holderIdentity", out _));
    }

    [Fact]
    public async Task Group_OnAStandby_RunsNeitherEndpointNorFilter()
    {
        var election = new FakeElection();
        int run = 0;
        WebReplica replica = await StartAsync(
            app =>
            {
                RouteGroupBuilder group = app.MapGroup("/admin").RequireLeadership();
                group.MapGet("/plain", (HttpContext context) => context.Response.WriteAsync("served"));
                group.MapPost("/bound", (int id) => "served " + id).AddEndpointFilter(async (context, next) =>
                {
                    run++;
                    return await next(context);
                });
                app.MapGet("/open", () => "open");
            },
            election);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await replica.GetAsync("/admin/plain")).Status);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await replica.PostAsync("/admin/bound?id=no-number")).Status);
        Assert.Equal(0, run);
        Assert.Equal("open", (await replica.GetAsync("/open")).Text);

        election.IsLeader = true;
        Assert.Equal("served", (await replica.GetAsync("/admin/plain")).Text);
        Assert.Equal("served 7", (await replica.PostAsync("/admin/bound?id=7")).Text);
        Assert.Equal(1, run);
    }

    [Fact]
    public async Task Endpoint_OfSeveralElections_AsksItsOwn()
    {
        FakeElection unnamed = new() { IsLeader = true }, reports = new("reports");
        WebReplica replica = await StartAsync(
            app =>
            {
                app.MapGet("/settle", () => "served").RequireLeadership();
                app.MapGet("/report", () => "served").RequireLeadership("reports");
                app.MapGet("/both", () => "served").RequireLeadership("reports").RequireLeadership();
            },
            unnamed, reports);
        Assert.Equal(HttpStatusCode.OK, (await replica.GetAsync("/settle")).Status);
        Assert.Equal("reports", (await replica.GetAsync("/report"))["election"]);
        Assert.Equal("reports", (await replica.GetAsync("/both"))["election"]);
        (unnamed.IsLeader, reports.IsLeader) = (false, true);
        Assert.Equal(HttpStatusCode.OK, (await replica.GetAsync("/report")).Status);
        Assert.Equal("default", (await replica.GetAsync("/both"))["election"]);
    }

    [Fact]
    public async Task Endpoint_WithAnAnswerOfItsOwn_SendsTheCallerToTheLeader()
    {
        (WebReplica leader, WebReplica standby) = await StartTwoAsync(
            app => app.MapGet("/admin", () => "served by " + app.Urls.First()).RequireLeadership(onStandby: (context, election) =>
            {
                string holder = election.Status.HolderIdentity!;
                context.Response.Redirect(LeaderUrl(holder) + context.Request.Path, permanent: false, preserveMethod: true);
                return Task.CompletedTask;
            }));
        _leaderUrl = leader.App.Urls.First();
        WebAnswer answer = await standby.GetAsync("/admin");
        Assert.Equal("served by " + leader.App.Urls.First(), answer.Text);
    }

    [Fact]
    public async Task Endpoint_WithAuthorization_TellsStrangersNothing()
    {
        WebReplica replica = await StartAsync(
            "alice",
            app => app.MapGet("/admin", () => "served").RequireLeadership("reports").RequireAuthorization(),
            services =>
            {
                HeaderAuthentication.Add(services);
                services.AddKeyedSingleton<ILeaderElection>("reports", new FakeElection("reports"));
            });
        Assert.Equal(HttpStatusCode.Unauthorized, (await replica.GetAsync("/admin")).Status);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await replica.GetAsync("/admin", ("User", "olga"))).Status);
    }

    [Fact]
    public async Task Endpoint_UnknownElection_FailsTheStart()
    {
        WebReplica replica = NewReplica();
        replica.Builder.Services.AddLeaderElection();
        replica.Builder.Services.AddLeaderElection("reports", options => options.LeaseName = "reports");
        replica.App.MapGet("/report", () => "served").RequireLeadership("report");
        replica.App.MapGroup("/admin").RequireLeadership("admins").MapGet("/plain", () => "served");
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(replica.StartAsync);
        Assert.Equal([Message("GET /report", "report"), Message("GET /admin/plain", "admins")], exception.Message.Split('\n'));
        Assert.Empty(replica.Logs.Named("Standing"));

        static string Message(string endpoint, string election) =>
            $"HTTP: {endpoint}: RequireLeadership asks for the election \"{election}\", and this host has only \"default\", \"reports\". "
            + $"Name one of them, or call builder.Services.AddLeaderElection(\"{election}\") before Build().";
    }

    [Fact]
    public async Task Endpoint_UnknownElectionOfAHostThatAddsNone_FailsAlone()
    {
        WebReplica replica = await StartAsync(
            app =>
            {
                app.MapGet("/report", () => "served").RequireLeadership("report");
                app.MapGet("/livez", () => "alive");
            },
            new FakeElection("reports"));
        Assert.Equal("alive", (await replica.GetAsync("/livez")).Text);
        Assert.Equal(HttpStatusCode.InternalServerError, (await replica.GetAsync("/report")).Status);
        Assert.Contains(
            replica.Logs.Entries, entry => entry.Exception?.Message.Contains("has only \"reports\"", StringComparison.Ordinal) is true);
    }

    [Fact]
    public async Task AnswerOnStandby_AnswersInsteadOfTheProblem_AndOnTheLeaderNothing()
    {
        var election = new FakeElection();
        WebReplica replica = await StartAsync(
            app => app.MapGroup("/admin").RequireLeadership().MapGet("/plain", () => "served")
                .AnswerOnStandby((context, asked) => context.Response.WriteAsync("not led: " + asked.LeaseName)),
            election);
        Assert.Equal("not led: settlement", (await replica.GetAsync("/admin/plain")).Text);

        election.IsLeader = true;
        Assert.Equal("served", (await replica.GetAsync("/admin/plain")).Text);
    }

    [Fact]
    public async Task AnswerOnStandby_OfAnEndpointOfEveryReplica_FailsTheStart()
    {
        WebReplica replica = NewReplica();
        replica.Builder.Services.AddLeaderElection();
        replica.App.MapGet("/report", () => "served").AnswerOnStandby((_, _) => Task.CompletedTask);

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(replica.StartAsync);

        Assert.Equal(
            "HTTP: GET /report: It says what a standby answers, and every replica would serve it. Call RequireLeadership() too.",
            exception.Message);
    }

    private string _leaderUrl = "";

    private string LeaderUrl(string holder) =>
        holder == "alice" ? _leaderUrl : throw new ArgumentException("Who is " + holder, nameof(holder));
}
