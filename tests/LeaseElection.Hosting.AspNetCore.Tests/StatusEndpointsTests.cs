using System.Net;
using System.Text.Json;
using LeaseElection.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LeaseElection.Hosting.AspNetCore.Tests;

public sealed class StatusEndpointsTests : WebTest
{
    private static void Map(WebApplication app) => app.MapLeaderElection("/leader-election");

    [Fact]
    public async Task Status_OnLeaderAndStandby_TellsTheSameHolder()
    {
        (WebReplica leader, WebReplica standby) = await StartTwoAsync(Map);
        WebAnswer onLeader = await leader.GetAsync("/leader-election/default");
        WebAnswer onStandby = await standby.GetAsync("/leader-election/default");

        foreach (WebAnswer answer in new[] { onLeader, onStandby })
        {
            Assert.Equal(HttpStatusCode.OK, answer.Status);
            Assert.Equal("application/json", answer.MediaType);
            Assert.True(answer.Response.Headers.CacheControl?.NoStore);
            Assert.Equal("default", answer["name"]);
            Assert.Equal("settlement", answer["leaseName"]);
            Assert.Equal("shop", answer["namespace"]);
            Assert.Equal("alice", answer["holderIdentity"]);
            Assert.Equal(leader.Election.Status.AcquiredAt, answer.Json.GetProperty("acquiredAt").GetDateTimeOffset());
            Assert.Equal(leader.Election.Status.Transitions.ToString(null as IFormatProvider), answer["transitions"]);
        }

        Assert.True(onLeader.IsLeader);
        Assert.Equal("Leading", onLeader["state"]);
        Assert.Equal("alice", onLeader["identity"]);
        Assert.InRange(onLeader.Json.GetProperty("secondsLeft").GetDouble(), 0.1, 10);
        Assert.False(onStandby.IsLeader);
        Assert.Equal("Standby", onStandby["state"]);
        Assert.Equal("bob", onStandby["identity"]);
        Assert.False(onStandby.Json.TryGetProperty("secondsLeft", out _));
    }

    [Fact]
    public async Task Status_OfAnAppWhoseWorkPreparesItself_TellsWhetherItHas()
    {
        WebReplica plain = await StartAsync("alice", Map);
        WebReplica warm = await StartAsync("bob", Map, services => services.AddLeaderElection().AddWork(
            (_, _, token) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token), (_, _) => Task.CompletedTask));
        await foreach (LeaderElectionStatus status in warm.Election.WatchAsync())
        {
            if (status.IsPrepared == true)
                break;
        }

        Assert.False((await plain.GetAsync("/leader-election/default")).Json.TryGetProperty("isPrepared", out _));
        Assert.True((await warm.GetAsync("/leader-election/default")).Json.GetProperty("isPrepared").GetBoolean());
    }

    [Fact]
    public async Task Status_OfAnAppWithPartitions_TellsWhoOwnsWhich()
    {
        WebReplica replica = await StartAsync("alice", Map, services => services.AddLeaderElection().AddPartitionedWork(
            (_, _, _, token) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token), 3));
        await foreach (IReadOnlyList<PartitionStatus> all in replica.App.Services.GetRequiredService<IElectionPartitions>().WatchAsync())
        {
            if (all.Count == 3 && all.All(partition => partition.IsHeldHere))
                break;
        }

        JsonElement partitions = (await replica.GetAsync("/leader-election/default")).Json.GetProperty("partitions");
        JsonElement[] told = [.. partitions.GetProperty("all").EnumerateArray()];

        Assert.Equal((3, 3, 0), (Number("count"), Number("held"), Number("unowned")));
        Assert.Equal([0, 1, 2], told.Select(partition => partition.GetProperty("index").GetInt32()));
        Assert.All(told, partition => Assert.Equal("alice", partition.GetProperty("holderIdentity").GetString()));

        int Number(string name) => partitions.GetProperty(name).GetInt32();
    }

    [Fact]
    public async Task Status_OfAnAppWithMembers_TellsWhoIsHere()
    {
        (WebReplica leader, WebReplica standby) = await StartTwoAsync(Map, services => services.AddLeaderElection().AddMembers());
        await foreach (IReadOnlyList<ElectionMember> members in standby.App.Services.GetRequiredService<IElectionMembers>().WatchAsync())
        {
            if (members.Count == 2)
                break;
        }

        JsonElement answer = (await standby.GetAsync("/leader-election/default")).Json;
        JsonElement[] told = [.. answer.GetProperty("members").EnumerateArray()];

        Assert.True(answer.GetProperty("membersAreComplete").GetBoolean());
        Assert.Equal(["alice", "bob"], told.Select(member => member.GetProperty("identity").GetString()));
        Assert.Equal([true, false], told.Select(member => member.GetProperty("leads").GetBoolean()));
        Assert.Equal([false, true], told.Select(member => member.GetProperty("isSelf").GetBoolean()));
        Assert.Equal(
            leader.App.Services.GetRequiredService<IElectionMembers>().Members[0].Since, told[0].GetProperty("since").GetDateTimeOffset());
    }

    [Fact]
    public async Task Status_OfAnAppWithoutMembers_SaysNothingOfThem()
    {
        (WebReplica leader, _) = await StartTwoAsync(Map);

        Assert.DoesNotContain("members", (await leader.GetAsync("/leader-election")).Text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Status_WithNotes_TellsThemOnEveryReplica_AndNothingOfThemWithout()
    {
        (WebReplica leader, WebReplica standby) = await StartTwoAsync(Map);
        Assert.DoesNotContain("notes", (await leader.GetAsync("/leader-election")).Text, StringComparison.OrdinalIgnoreCase);
        ILeaderElection seen = standby.App.Services.GetRequiredService<ILeaderElection>();

        await leader.App.Services.GetRequiredService<ILeaderElection>().Term!.WriteNoteAsync(
            "batch", "<b>41</b>").WaitAsync(Signal.Patience);
        using var patience = new CancellationTokenSource(Signal.Patience);
        await foreach (LeaderElectionStatus status in seen.WatchAsync(patience.Token))
        {
            if (status.Notes.Count > 0)
                break;
        }

        JsonElement answer = (await standby.GetAsync("/leader-election/default")).Json;
        Assert.Equal("<b>41</b>", answer.GetProperty("notes").GetProperty("batch").GetString());
    }

    [Fact]
    public async Task Status_OfLeadersThatPublishTheirEndpoint_TellsThatOfTheOneThatLeads()
    {
        (WebReplica leader, WebReplica standby) = await StartTwoAsync(Map, services => services.AddLeaderElection().PublishEndpoint());
        await standby.UntilAsync(status => status.LeaderEndpoint is not null);

        Assert.Equal(new Uri(leader.App.Urls.Single()).AbsoluteUri, await ToldByAsync(standby));
        await leader.Election.StepDownAsync();
        await leader.UntilAsync(status => status is { HolderIdentity: "bob", LeaderEndpoint: not null });
        Assert.Equal(new Uri(standby.App.Urls.Single()).AbsoluteUri, await ToldByAsync(leader));

        static async Task<string?> ToldByAsync(WebReplica replica) =>
            (await replica.GetAsync("/leader-election/default")).Json.GetProperty("leaderEndpoint").GetString();
    }

    [Fact]
    public async Task Status_OfAnAppThatPublishesNothing_SaysNothingOfIt()
    {
        (WebReplica leader, _) = await StartTwoAsync(Map);

        Assert.DoesNotContain("endpoint", (await leader.GetAsync("/leader-election")).Text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Leader_ThroughAHandOver_IsOkOnTheLeaderOnly()
    {
        (WebReplica leader, WebReplica standby) = await StartTwoAsync(Map);
        Assert.Equal(HttpStatusCode.OK, (await leader.GetAsync("/leader-election/default/leader")).Status);
        WebAnswer refused = await standby.GetAsync("/leader-election/default/leader");
        refused.AssertProblem(HttpStatusCode.ServiceUnavailable);
        Assert.Equal("alice", refused["holderIdentity"]);
        Assert.Equal("default", refused["election"]);

        await leader.StopAsync();
        await standby.LeadAsync();
        WebAnswer after = await standby.GetAsync("/leader-election/default/leader");
        Assert.Equal(HttpStatusCode.OK, after.Status);
        Assert.True(after.IsLeader);
        Assert.Equal("bob", after["holderIdentity"]);
    }

    [Fact]
    public async Task Leader_IsHeldNoMoreButStateLagsBehind_IsUnavailable()
    {
        var election = new FakeElection { IsLeader = true };
        election.Become(new() { State = LeaderElectionState.Leading, HolderIdentity = "me" });
        WebReplica replica = await StartAsync(Map, election);
        Assert.Equal(HttpStatusCode.OK, (await replica.GetAsync("/leader-election/default/leader")).Status);

        election.IsLeader = false;
        WebAnswer refused = await replica.GetAsync("/leader-election/default/leader");
        refused.AssertProblem(HttpStatusCode.ServiceUnavailable);
        Assert.Contains("has stopped leading", refused["detail"], StringComparison.Ordinal);
        Assert.False((await replica.GetAsync("/leader-election/default")).IsLeader);
    }

    [Theory]
    [InlineData("/leader-election")]
    [InlineData("/leader-election/default")]
    [InlineData("/leader-election/default/leader")]
    [InlineData("/leader-election/events")]
    public async Task Head_AsLoadBalancersAsk_IsOkWithoutABody(string path)
    {
        WebReplica replica = await StartAsync(Map, new FakeElection { IsLeader = true });
        WebAnswer answer = await replica.SendAsync(HttpMethod.Head, path);
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Empty(answer.Text);
    }

    [Fact]
    public async Task Status_OfSeveralElections_HasEachUnderItsName()
    {
        FakeElection unnamed = new(), reports = new("reports") { IsLeader = true }, slash = new("eu/west");
        reports.Become(new() { State = LeaderElectionState.Leading, HolderIdentity = "me", Transitions = 7 });
        slash.Become(new() { State = LeaderElectionState.Standby, LastError = "The API server does not answer." });
        WebReplica replica = await StartAsync(Map, unnamed, reports, slash);

        JsonElement all = (await replica.GetAsync("/leader-election")).Json.GetProperty("elections");
        Assert.Equal(["default", "reports", "eu/west"], all.EnumerateArray().Select(one => one.GetProperty("name").GetString()));
        Assert.Equal([false, true, false], all.EnumerateArray().Select(one => one.GetProperty("isLeader").GetBoolean()));
        Assert.Equal("7", (await replica.GetAsync("/leader-election/reports"))["transitions"]);
        Assert.Equal("7", (await replica.GetAsync("/leader-election/Reports"))["transitions"]);
        Assert.Equal("The API server does not answer.", (await replica.GetAsync("/leader-election/eu%2Fwest"))["lastError"]);
        Assert.Equal(HttpStatusCode.OK, (await replica.GetAsync("/leader-election/reports/leader")).Status);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await replica.GetAsync("/leader-election/default/leader")).Status);
    }

    [Theory]
    [InlineData("/leader-election/report")]
    [InlineData("/leader-election/report/leader")]
    public async Task UnknownName_Asked_ListsTheNames(string path)
    {
        WebReplica replica = await StartAsync(Map, new FakeElection(), new FakeElection("reports"));
        WebAnswer answer = await replica.GetAsync(path);
        answer.AssertProblem(HttpStatusCode.NotFound);
        Assert.Equal("This host has: default, reports.", answer["detail"]);
        Assert.Equal(["default", "reports"], answer.Json.GetProperty("elections").EnumerateArray().Select(name => name.GetString()));
    }

    [Fact]
    public async Task Status_OfNamedElectionsOnly_HasNoDefault()
    {
        WebReplica replica = NewReplica();
        replica.Builder.Services.AddLeaderElection("reports");
        replica.Builder.Services.AddLeaderElection("mails");
        replica.Builder.Configuration["LeaderElection:reports:LeaseName"] = "reports";
        replica.Builder.Configuration["LeaderElection:mails:LeaseName"] = "mails";
        Map(replica.App);
        await replica.StartAsync();
        JsonElement all = (await replica.GetAsync("/leader-election")).Json.GetProperty("elections");
        Assert.Equal(["reports", "mails"], all.EnumerateArray().Select(one => one.GetProperty("name").GetString()));
        Assert.Equal(["reports", "mails"], all.EnumerateArray().Select(one => one.GetProperty("leaseName").GetString()));
        Assert.Equal(HttpStatusCode.NotFound, (await replica.GetAsync("/leader-election/default")).Status);
    }

    [Fact]
    public async Task Status_BehindAPathBaseOrInAGroup_IsThere()
    {
        WebReplica replica = await StartAsync(
            app =>
            {
                app.UsePathBase("/shop");
                app.UseRouting(); // Or the framework routes before the path base is taken off.
                Map(app);
                app.MapGroup("/ops").MapLeaderElection("election/");
            },
            new FakeElection { IsLeader = true });
        Assert.Equal(HttpStatusCode.OK, (await replica.GetAsync("/shop/leader-election/default/leader")).Status);
        Assert.Equal(HttpStatusCode.OK, (await replica.GetAsync("/ops/election")).Status);
        Assert.Equal(HttpStatusCode.OK, (await replica.GetAsync("/ops/election/default/leader")).Status);
    }

    [Theory]
    [InlineData("", "application/json", "no-store")]
    [InlineData("/default", "application/json", "no-store")]
    [InlineData("/default/leader", "application/problem+json", "no-store")]
    [InlineData("/nobody", "application/problem+json", "no-store")]
    [InlineData("/events", "text/event-stream", "no-store, no-cache")]
    public async Task Head_Asked_IsWhatGetSaysWithoutABody(string path, string mediaType, string caching)
    {
        WebReplica replica = await StartAsync(Map, new FakeElection());
        WebAnswer head = await replica.SendAsync(HttpMethod.Head, "/leader-election" + path);
        using HttpResponseMessage get = await replica.Client.GetAsync(
            new Uri("/leader-election" + path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(get.StatusCode, head.Status);
        Assert.Equal((mediaType, mediaType), (head.MediaType, get.Content.Headers.ContentType?.MediaType));
        Assert.Equal((caching, caching), (head.Response.Headers.CacheControl?.ToString(), get.Headers.CacheControl?.ToString()));
        Assert.Equal(get.Headers.RetryAfter?.ToString(), head.Response.Headers.RetryAfter?.ToString());
        Assert.Empty(head.Text);
    }

    [Fact]
    public async Task Map_WithoutAnElection_SaysWhatToCall()
    {
        await using var replica = new WebReplica("me");
        var exception = Assert.Throws<InvalidOperationException>(() => Map(replica.App));
        Assert.Contains("AddLeaderElection()", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("events")]
    [InlineData("Default")]
    public async Task Map_NameThatIsAPath_SaysSo(string name)
    {
        await using var replica = new WebReplica("me");
        replica.Builder.Services.AddLeaderElection();
        replica.Builder.Services.AddLeaderElection(name);
        var exception = Assert.Throws<InvalidOperationException>(() => Map(replica.App));
        Assert.Contains($"\"{name}\"", exception.Message, StringComparison.Ordinal);
        Assert.Contains("another name", exception.Message, StringComparison.Ordinal);
    }
}
