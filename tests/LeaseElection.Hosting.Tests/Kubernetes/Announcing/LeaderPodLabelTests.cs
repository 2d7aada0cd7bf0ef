using LeaseElection.Hosting.Kubernetes.Announcing;
using LeaseElection.Testing;
using LeaseElection.Testing.FakeApiServer;

namespace LeaseElection.Hosting.Tests.Kubernetes.Announcing;

public sealed class LeaderPodLabelTests : AnnouncerTest
{
    /// <summary>Timers are set for this much more, so that none fires early.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    private IEnumerable<string> Sent => Server.Requests.Select(request =>
        (request.Body.Contains("\"leader\"", StringComparison.Ordinal) ? "+" : "-") + request.Path.Split('/')[^1]);

    [Fact]
    public async Task Term_SetsAndClearsByMergePatchesOfTheOneLabel()
    {
        LeaderPodLabel label = NewLabel();
        await Logs.WaitForAsync("PodLabelCleared");
        label.HolderSeen("other_00000000");
        label.HolderSeen("somebody-else");
        label.Began(null);
        await Logs.WaitForAsync("PodLabelCleared", 2);
        label.Ending();
        await label.WithdrawnAsync();

        Assert.Equal(["-me", "+me", "-other", "-me"], Sent);
        Assert.All(Server.Requests, request =>
        {
            Assert.Equal("PATCH", request.Method.Method);
            Assert.Equal("application/merge-patch+json", request.Headers["Content-Type"]);
            Assert.StartsWith("/api/v1/namespaces/pods/pods/", request.Path, StringComparison.Ordinal);
        });
        Assert.Equal("""{"metadata":{"labels":{"leaseelection.dev/role":null}}}""", Server.Requests[0].Body);
        Assert.Empty(Warnings);
    }

    [Theory]
    [InlineData(FaultKind.Answer, 403)]
    [InlineData(FaultKind.Answer, 409)]
    [InlineData(FaultKind.Answer, 429)]
    [InlineData(FaultKind.Reset, 0)]
    [InlineData(FaultKind.Hang, 0)]
    internal async Task Failed_OneWarningAndSentAgainUntilItSucceeds(FaultKind kind, int status)
    {
        LeaderPodLabel label = NewLabel();
        await Logs.WaitForAsync("PodLabelCleared");
        Server.Faults.Add(new Fault { Kind = kind, Status = status, Times = 3 });
        label.Began(null);
        for (int failure = 1; failure <= 3; failure++)
            await FailAsync(1 + failure, kind, AnnouncementPause.After(failure, null) + Tick);
        await Logs.WaitForAsync("PodLabelSet");
        Assert.Equal("PodNotLabelled", Assert.Single(Warnings).Id.Name);
        Assert.Equal(["-me", "+me", "+me", "+me", "+me"], Sent);
    }

    [Fact]
    public async Task Ending_RequestUnderWayHangs_IsGivenUpForTheRemoval()
    {
        LeaderPodLabel label = NewLabel();
        await Logs.WaitForAsync("PodLabelCleared");
        Server.Faults.Add(new Fault { Kind = FaultKind.Hang });
        label.Began(null);
        await Server.ReceivedAsync(2);
        label.Ending();
        await label.WithdrawnAsync().WaitAsync(Signal.Patience); // The clock stands still: nothing timed out.
        Assert.Equal(["-me", "+me", "-me"], Sent);
        Assert.Empty(Warnings); // What was given up has not failed.

        // The first may still be carried out: it is undone once more.
        await Time.AdvanceOnceArmedAsync(PodLabelPlan.Doubt + Tick);
        await Server.ReceivedAsync(4);
        Assert.Equal("-me", Sent.Last());
    }

    [Fact]
    public async Task Withdrawn_ServerHangs_EndsWhenItsPatienceDoes()
    {
        LeaderPodLabel label = NewLabel();
        label.Began(null);
        await Logs.WaitForAsync("PodLabelSet");
        Server.Faults.Add(new Fault { Kind = FaultKind.Hang, Times = int.MaxValue });
        label.Ending();
        Task withdrawn = label.WithdrawnAsync();
        Time.Advance(TimeSpan.FromMilliseconds(499));
        Assert.False(withdrawn.IsCompleted);
        Time.Advance(TimeSpan.FromMilliseconds(1));
        await withdrawn.WaitAsync(Signal.Patience);
    }

    [Fact]
    public async Task Withdrawn_Refused_IsNotWaitedFor()
    {
        Server.Faults.Add(new Fault { Kind = FaultKind.Answer, Status = 403, Times = int.MaxValue });
        LeaderPodLabel label = NewLabel();
        label.Began(null);
        label.Ending();
        await label.WithdrawnAsync().WaitAsync(Signal.Patience); // The clock stands still.
    }

    [Fact]
    public async Task Finish_WaitsUntilTheLabelIsGone()
    {
        LeaderPodLabel label = NewLabel();
        label.Began(null);
        await Logs.WaitForAsync("PodLabelSet");
        Server.Faults.Add(new Fault { Kind = FaultKind.Answer, Status = 500 });
        label.Ending();
        Task finished = label.FinishAsync(CancellationToken.None);
        await Logs.WaitForAsync("PodNotLabelled");
        Assert.False(finished.IsCompleted);
        await Time.AdvanceOnceArmedAsync(AnnouncementPause.After(1, null) + Tick);
        await finished.WaitAsync(Signal.Patience);
        Assert.Equal("-me", Sent.Last());
    }

    [Theory]
    [InlineData("web-7d5c9b-x2k4j_a1b2c3d4", "web-7d5c9b-x2k4j")]
    [InlineData("node.example.org_a1b2c3d4", "node.example.org")]
    [InlineData("web_a1b2c3d", null)]
    [InlineData("web_A1B2C3D4", null)]
    [InlineData("_a1b2c3d4", null)]
    [InlineData("Web_a1b2c3d4", null)]
    [InlineData("web/../other_a1b2c3d4", null)]
    [InlineData("web_7c9e6679-7425-40de-944b-e07fc1f90ae7", null)]
    [InlineData("me", null)]
    [InlineData("", null)]
    public void PodOf_DefaultIdentitiesOnly(string identity, string? pod) => Assert.Equal(pod, PodLabelRequests.PodOf(identity));
}
