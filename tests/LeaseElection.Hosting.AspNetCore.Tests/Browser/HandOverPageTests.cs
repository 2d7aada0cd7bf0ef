using System.Globalization;
using System.Threading.Channels;
using LeaseElection.Testing;
using LeaseElection.Testing.ApiServer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit.Abstractions;
using static Microsoft.Playwright.Assertions;

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
        IPage[] pages = [await LookAtAsync(alice), await LookAtAsync(bob)];
        WebReplica[] replicas = [alice, bob];
        List<double> delays = [];
        for (int i = 1; i <= HandOvers; i++)
        {
            string next = i % 2 == 1 ? "bob" : "alice";
            Task<double>[] seen = [.. pages.Select((page, which) => DelayAsync(replicas[which], page, next))];
            await replicas[(i + 1) % 2].Election.StepDownAsync();
            delays.AddRange(await Task.WhenAll(seen));
            foreach (IPage page in pages)
            {
                await Expect(page.Locator(".terms > li")).ToHaveCountAsync(i + 1);
                await Expect(page.Locator(".terms > li").First).ToContainTextAsync(next);
                Assert.Equal(i.ToString(CultureInfo.InvariantCulture), await page.Locator(".transitions").TextContentAsync());
            }
        }

        _output.WriteLine("from the election's change to that of the page, in ms: " + string.Join(", ", delays));
        Assert.InRange(delays.Order().ElementAt(delays.Count / 2), double.MinValue, Usually.TotalMilliseconds);
        // One stall is no fault.
        Assert.All(delays, delay => Assert.True(delay < Heartbeat.TotalMilliseconds, $"{delay} ms: told by a heartbeat?"));
        await Expect(pages[0]).ToHaveTitleAsync("Stands by: settlement");
        await Expect(pages[1]).ToHaveTitleAsync("Leads: settlement");
        Assert.All(pages, AssertClean);
    }

    /// <summary>The first click pays for code that never ran before.</summary>
    [BrowserFact(WithCluster = true)]
    public async Task Button_OnTheLeader_MakesTheOtherOneLead()
    {
        var starts = Channel.CreateUnbounded<DateTimeOffset>();
        (WebReplica alice, WebReplica bob) = await StartTwoAsync(Map, services => services.AddLeaderElection().AddWork((_, _, stopping) =>
        {
            starts.Writer.TryWrite(TimeProvider.System.GetUtcNow());
            return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopping);
        }));
        IPage[] pages = [await LookAtAsync(alice), await LookAtAsync(bob)];
        foreach (IPage page in pages)
            await page.EvaluateAsync("addEventListener('click', () => window.clicked = Date.now(), true)");
        await starts.Reader.ReadAsync().AsTask().WaitAsync(Signal.Patience);
        List<double> delays = [];
        for (int i = 0; i < HandOvers; i++)
        {
            (IPage leader, IPage standby) = (pages[i % 2], pages[(i + 1) % 2]);
            await Expect(leader.Locator(".answer")).ToBeEmptyAsync();
            await Expect(standby.Locator(".step-down")).ToBeHiddenAsync();

            await leader.Locator(".step-down").ClickAsync();

            DateTimeOffset works = await starts.Reader.ReadAsync().AsTask().WaitAsync(Signal.Patience);
            delays.Add(works.ToUnixTimeMilliseconds() - await leader.EvaluateAsync<long>("window.clicked"));
            await Expect(standby.Locator(".state")).ToContainTextAsync("Leads");
            await Expect(leader.Locator(".state")).ToContainTextAsync("Stands by");
            await Expect(leader.Locator(".answer")).ToContainTextAsync("Stepped down.");
        }

        _output.WriteLine("from the click to the next leader's start of work, in ms: " + string.Join(", ", delays));
        Assert.Contains("let another process lead?", LogOf(pages[0]).Dialogs.First(), StringComparison.Ordinal);
        Assert.All(pages, AssertClean);
    }

    [BrowserFact(WithCluster = true)]
    public async Task ApiServerSilent_IsSaidInPlainWords_AndWhenItIsBackAllIsWell()
    {
        (WebReplica alice, WebReplica bob) = await StartTwoAsync(Map);
        IPage leader = await LookAtAsync(alice);
        IPage standby = await LookAtAsync(bob);
        await Server!.PauseAsync();
        try
        {
            await Expect(leader.Locator(".error:visible")).ToContainTextAsync("cannot be read or written");
            await Expect(leader.Locator(".bar")).ToBeHiddenAsync();
            await Expect(leader).ToHaveTitleAsync("Stands by: settlement"); // Its work ends a moment after the term.
            Assert.False(alice.Election.IsLeader);
            await Expect(standby.Locator(".error:visible")).ToContainTextAsync(
                Like(@"^Since \d+:\d\d:\d\d [AP]M the lease cannot be read or written\. "));

            // Alice, which this process read as the leader at last, leads no longer: it cannot know that, and must not deny it.
            await Expect(standby.Locator(".holder")).ToHaveTextAsync(Like(@"^alice, as last read \d+\ss ago$"));
            await Expect(standby.Locator(".terms li").First).ToContainTextAsync(" to at least ");
            await Expect(standby.Locator(".since")).Not.ToContainTextAsync("ago");
            string text = await leader.Locator("body").InnerTextAsync();
            Assert.DoesNotContain("Exception", text, StringComparison.Ordinal);
            _output.WriteLine(text);
        }
        finally
        {
            await Server.ResumeAsync();
        }

        await Expect(leader.Locator(".error")).ToBeHiddenAsync();
        await Expect(standby.Locator(".error")).ToBeHiddenAsync();
        await Expect(standby.Locator(".holder")).Not.ToContainTextAsync("as last read");
        await Expect(leader.Locator(".holder:has-text('alice'), .holder:has-text('bob')")).ToBeVisibleAsync();
        AssertClean(leader);
        AssertClean(standby);
    }

    private static async Task<double> DelayAsync(WebReplica replica, IPage page, string holder)
    {
        Task<IJSHandle> shown = page.WaitForFunctionAsync(
            "holder => document.querySelector('.holder').textContent.includes(holder) && Date.now()", holder); // Looks at each frame.
        await replica.UntilAsync(status => status.HolderIdentity == holder);
        long known = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        return await (await shown).JsonValueAsync<long>() - known;
    }
}
