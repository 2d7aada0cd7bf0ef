using System.Globalization;
using System.Threading.Channels;
using LeaseElection.Testing;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Browser;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;

namespace LeaseElection.Hosting.AspNetCore.Tests.Browser;

/// <summary>What people see on the pages of two replicas that elect on a real API server.</summary>
public sealed class HandOverPageTests : BrowserTest
{
    private const int HandOvers = 5;
    private static readonly TimeSpan Usually = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Heartbeat = new LeaderElectionEndpointOptions().HeartbeatInterval;
    private readonly ITestOutputHelper _output;

    public HandOverPageTests(BrowserFixture browser, ApiServerFixture cluster, ITestOutputHelper output)
        : base(browser)
    {
        _output = output;
        Server = BrowserProgram.SkipReasonWithCluster is null ? cluster.Server : null;
    }

    [BrowserFact(WithCluster = true)]
    public async Task HandOver_IsSeenOnBothPagesWithinASecond()
    {
        (WebReplica alice, WebReplica bob) = await StartTwoAsync(Map);
        BrowserPage[] pages = [await LookAtAsync(alice), await LookAtAsync(bob)];
        WebReplica[] replicas = [alice, bob];
        List<double> delays = [];
        for (int i = 1; i <= HandOvers; i++)
        {
            string next = i % 2 == 1 ? "bob" : "alice";
            Task<double>[] seen = [.. pages.Select((page, which) => DelayAsync(replicas[which], page, next))];
            await replicas[(i + 1) % 2].Election.StepDownAsync();
            delays.AddRange(await Task.WhenAll(seen));
            foreach (BrowserPage page in pages)
            {
                await page.UntilAsync($"document.querySelectorAll('.terms > li').length === {i + 1} && {Says(".terms > li:first-child", next)}");
                Assert.Equal(i.ToString(CultureInfo.InvariantCulture), await page.EvaluateAsync<string>("document.querySelector('.transitions').textContent"));
            }
        }

        _output.WriteLine("from the election's change to that of the page, in ms: " + string.Join(", ", delays));
        Assert.InRange(delays.Order().ElementAt(delays.Count / 2), double.MinValue, Usually.TotalMilliseconds);
        Assert.All(delays, delay => Assert.True(delay < Heartbeat.TotalMilliseconds, $"{delay} ms: told by a heartbeat?")); // One stall is no fault.
        Assert.Equal("Stands by", await pages[0].EvaluateAsync<string>("document.title"));
        Assert.Equal("Leads", await pages[1].EvaluateAsync<string>("document.title"));
        Assert.All(pages, AssertClean);
    }

    /// <summary>The first click pays for code that never ran before.</summary>
    [BrowserFact(WithCluster = true)]
    public async Task Button_OnTheLeader_MakesTheOtherOneLead()
    {
        var works = Channel.CreateUnbounded<DateTimeOffset>();
        (WebReplica alice, WebReplica bob) = await StartTwoAsync(Map, services => services.AddLeaderElection().AddWork((_, _, stopping) =>
        {
            works.Writer.TryWrite(TimeProvider.System.GetUtcNow());
            return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopping);
        }));
        BrowserPage[] pages = [await LookAtAsync(alice), await LookAtAsync(bob)];
        await works.Reader.ReadAsync().AsTask().WaitAsync(Signal.Patience);
        List<double> delays = [];
        for (int i = 0; i < HandOvers; i++)
        {
            (BrowserPage leader, BrowserPage standby) = (pages[i % 2], pages[(i + 1) % 2]);
            await leader.UntilAsync("!document.querySelector('.step-down').hidden && document.querySelector('.answer').textContent === ''");
            await standby.UntilAsync("document.querySelector('.step-down').hidden");

            long clicked = await leader.EvaluateAsync<long>("(now => (document.querySelector('.step-down').click(), now))(Date.now())");

            delays.Add((await works.Reader.ReadAsync().AsTask().WaitAsync(Signal.Patience)).ToUnixTimeMilliseconds() - clicked);
            await standby.UntilAsync(Says(".state", "Leads"));
            await leader.UntilAsync(Says(".state", "Stands by") + " && " + Says(".answer", "Stepped down."));
        }

        _output.WriteLine("from the click to the next leader's start of work, in ms: " + string.Join(", ", delays));
        Assert.Contains("let another process lead?", pages[0].Dialogs.First(), StringComparison.Ordinal);
        Assert.All(pages, AssertClean);
    }

    [BrowserFact(WithCluster = true)]
    public async Task ApiServerSilent_IsSaidInPlainWords_AndWhenItIsBackAllIsWell()
    {
        (WebReplica alice, WebReplica bob) = await StartTwoAsync(Map);
        BrowserPage leader = await LookAtAsync(alice);
        BrowserPage standby = await LookAtAsync(bob);
        await Server!.PauseAsync();
        try
        {
            await leader.UntilAsync(Says(".error:not([hidden])", "cannot be read or written"));
            await leader.UntilAsync("document.querySelector('.bar').closest('dd').hidden");
            Assert.False(alice.Election.IsLeader);
            Assert.Equal("Stands by", await leader.EvaluateAsync<string>("document.title"));
            await standby.UntilAsync(Says(".error:not([hidden])", "cannot be read or written"));
            Assert.DoesNotContain("Exception", await leader.TextAsync(), StringComparison.Ordinal);
            _output.WriteLine(await leader.TextAsync());
        }
        finally
        {
            await Server.ResumeAsync();
        }

        await leader.UntilAsync("document.querySelector('.error').hidden");
        await standby.UntilAsync("document.querySelector('.error').hidden");
        await leader.UntilAsync($"{Says(".holder", "alice")} || {Says(".holder", "bob")}");
        AssertClean(leader);
        AssertClean(standby);
    }

    private static async Task<double> DelayAsync(WebReplica replica, BrowserPage page, string holder)
    {
        Task<DateTimeOffset> shown = page.UntilAsync(Says(".holder", holder));
        await replica.UntilAsync(status => status.HolderIdentity == holder);
        DateTimeOffset known = TimeProvider.System.GetUtcNow();
        return Math.Round((await shown - known).TotalMilliseconds);
    }
}
