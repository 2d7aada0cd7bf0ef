using System.Text.Json.Nodes;
using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Kubernetes.Announcing;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.FakeApiServer;

namespace LeaseElection.Hosting.Tests.Kubernetes.Announcing;

public sealed class LeaseEventPublisherTests : AnnouncerTest
{
    private static readonly Lease SomeLease = new() { Uid = "uid-1", ResourceVersion = "42", Record = new LeaseRecord() };

    private JsonNode[] Sent => [.. Server.Requests.Select(request => JsonNode.Parse(request.Body)!)];

    [Fact]
    public async Task Term_IsTwoEventsOnTheLease()
    {
        LeaseEventPublisher publisher = NewPublisher();
        publisher.Began(SomeLease);
        publisher.Ending();
        publisher.Ended("released (StepDown)", SomeLease);
        await Logs.WaitForAsync("EventPublished", 2);

        Assert.Equal(
            ["me_abcdefgh became leader", "me_abcdefgh stopped leading: released (StepDown)"],
            Sent.Select(sent => (string?)sent["message"]));
        Assert.Equal(["BecameLeader", "StoppedLeading"], Sent.Select(sent => (string?)sent["action"]));
        JsonNode about = Sent[0]["involvedObject"]!;
        Assert.Equal(("Lease", "shop", "settlement", "uid-1", "42"), (
            (string?)about["kind"], (string?)about["namespace"], (string?)about["name"], (string?)about["uid"],
            (string?)about["resourceVersion"]));
        Assert.Equal("/api/v1/namespaces/shop/events", Server.Requests[0].Path);
        Assert.Empty(Warnings);
    }

    [Theory]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(422)]
    public async Task Refused_OneWarningAndNoRetry(int status)
    {
        Server.Faults.Add(new Fault { Kind = FaultKind.Answer, Status = status, Times = int.MaxValue });
        LeaseEventPublisher publisher = NewPublisher();
        publisher.Began(null);
        publisher.Ended("lost (OtherHolder)", null);
        await Logs.WaitForAsync("EventNotPublishedAgain");
        Assert.Contains("create events", Assert.Single(Warnings).Message, StringComparison.Ordinal);
        Assert.Equal(2, Server.Requests.Count);
    }

    [Theory]
    [InlineData(FaultKind.Answer, 429)]
    [InlineData(FaultKind.Answer, 500)]
    [InlineData(FaultKind.Reset, 0)]
    [InlineData(FaultKind.Hang, 0)]
    internal async Task Failed_IsSentAgainUnderTheSameName(FaultKind kind, int status)
    {
        Server.Faults.Add(new Fault { Kind = kind, Status = status, Times = 2 });
        LeaseEventPublisher publisher = NewPublisher();
        publisher.Began(SomeLease);
        await FailAsync(1, kind, AnnouncementPause.After(1, null));
        await FailAsync(2, kind, AnnouncementPause.After(2, null));
        await Logs.WaitForAsync("EventPublished");
        Assert.Equal("EventNotPublished", Assert.Single(Warnings).Id.Name);
        Assert.Equal(3, Server.Requests.Count);
        Assert.Single(Sent.Select(sent => (string?)sent["metadata"]!["name"]).Distinct());
    }

    [Fact]
    public async Task AlreadyThere_IsOurOwnLostReply()
    {
        Server.Faults.Add(new Fault { Kind = FaultKind.Answer, Status = 409 });
        NewPublisher().Began(SomeLease);
        await Logs.WaitForAsync("EventPublished");
        Assert.Empty(Warnings);
    }

    [Fact]
    public async Task Outage_WhatWaitsIsBoundedAndTheNewestIsKept()
    {
        Server.Faults.Add(new Fault { Kind = FaultKind.Hang });
        LeaseEventPublisher publisher = NewPublisher();
        publisher.Began(null);
        await Server.ReceivedAsync(1);
        for (int i = 0; i < 40; i++)
            publisher.Ended($"lost ({i})", null);
        Assert.Equal(8, Logs.Named("EventDropped").Count);
        await FailAsync(1, FaultKind.Hang, AnnouncementPause.After(1, null));
        await Logs.WaitForAsync("EventPublished", 33);
        Assert.EndsWith("lost (39)", (string?)Sent[^1]["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Finish_WaitsForWhatIsUnderWayAndForNothingElse()
    {
        LeaseEventPublisher publisher = NewPublisher();
        publisher.Began(null);
        publisher.Ended("released (ShutDown)", null);
        await publisher.FinishAsync(CancellationToken.None);
        Assert.Equal(2, Logs.Named("EventPublished").Count);
    }

    [Fact]
    public async Task Finish_ServerThatFails_EveryEventIsTriedOnceAndNoneWaits()
    {
        Server.Faults.Add(new Fault { Kind = FaultKind.Answer, Status = 500, Times = int.MaxValue });
        LeaseEventPublisher publisher = NewPublisher();
        publisher.Began(null);
        await Logs.WaitForAsync("EventNotPublished");
        publisher.Ended("released (ShutDown)", null);
        await publisher.FinishAsync(CancellationToken.None); // The clock stands still: a pause would never end.
        Assert.Contains(Sent, sent => ((string)sent["message"]!).Contains("stopped leading", StringComparison.Ordinal));
    }

    [Fact]
    public void LongNamesAndTexts_AreCutToWhatTheServerTakes()
    {
        var note = new LeaseEventNote("BecameLeader", new string('ä', 2000), DateTimeOffset.UnixEpoch, null, null);
        var card = new ElectionIdentityCard("shop", new string('a', 252) + "b", string.Concat(Enumerable.Repeat("😀", 100)));
        string name = LeaseEventBodies.NameOf(note, card.LeaseName);
        JsonNode json = JsonNode.Parse(LeaseEventBodies.Body(note, name, card))!;
        Assert.True(KubernetesName.IsSubdomain(name), name);
        Assert.Equal(512, ((string)json["message"]!).Length);
        Assert.Equal(64, ((string)json["reportingInstance"]!).Length);
    }
}
