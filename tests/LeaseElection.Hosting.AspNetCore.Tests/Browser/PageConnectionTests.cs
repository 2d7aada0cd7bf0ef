using LeaseElection.Testing.ApiServer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LeaseElection.Hosting.AspNetCore.Tests.Browser;

/// <summary>The page when there is something between it and the process, or no process.</summary>
public sealed class PageConnectionTests(BrowserFixture browser) : BrowserTest(browser)
{
    /// <summary>
    /// Where an app runs that comes back. Of a port that the system chose anybody could get it in between, the
    /// browser too, which keeps trying.
    /// </summary>
    private readonly string _address = $"http://127.0.0.1:{UnusedPorts.Take(1)[0]}";

    [BrowserFact]
    public async Task Page_BehindAProxyThatTakesAPrefixOff_WorksWithItsButton()
    {
        (WebReplica alice, WebReplica bob) = await StartTwoAsync(Map);
        await using PrefixProxy proxy = await PrefixProxy.StartAsync(alice);
        foreach (string end in new[] { "", "/" })
        {
            IPage page = await LookAtAsync(proxy.Address + Page + end);
            await Expect(page.Locator(".state")).ToContainTextAsync(end.Length == 0 ? "Leads" : "Stands by");
            if (end.Length == 0)
            {
                await page.Locator(".step-down").ClickAsync();
                await Expect(page.Locator(".answer")).ToContainTextAsync("Stepped down.");
                await bob.LeadAsync();
                await Expect(page.Locator(".holder")).ToContainTextAsync("bob");
            }

            AssertClean(page);
            Assert.All(
                LogOf(page).Requests, request => Assert.StartsWith(PrefixProxy.Prefix, request.AbsolutePath, StringComparison.Ordinal));
        }
    }

    [BrowserFact]
    public async Task AppRestarts_PageStandsStillMeanwhileAndComesBack()
    {
        WebReplica alice = await StartHereAsync("alice");
        await alice.LeadAsync();
        IPage page = await OpenAsync();
        await page.Clock.InstallAsync();
        await LookAtAsync(page, alice.App.Urls.First() + Page);
        await Expect(page.Locator(".state")).ToHaveTextAsync("Leads");
        await Expect(page.Locator(".renewed")).ToContainTextAsync("ago");
        await alice.DisposeAsync();
        await Expect(page.Locator("#lost:visible")).ToContainTextAsync(Like(@"^No connection to this process since \d+:\d\d:\d\d [AP]M\."));
        await Expect(page).ToHaveTitleAsync("No connection: settlement");
        await Expect(page.Locator(".state")).ToContainTextAsync("as last told");
        string grey = await page.EvaluateAsync<string>("getComputedStyle(document.querySelector('dt')).color");
        await Expect(page.Locator(".state")).ToHaveCSSAsync("color", grey);
        string text = await page.Locator("main").InnerTextAsync();
        Assert.DoesNotContain("ago", text, StringComparison.Ordinal);
        Assert.DoesNotContain("now", text, StringComparison.Ordinal);
        await page.Clock.RunForAsync("01:00");
        Assert.Equal(text, await page.Locator("main").InnerTextAsync());

        await StartHereAsync("carol");

        await Expect(page.Locator(".identity")).ToContainTextAsync("carol");
        await Expect(page.Locator("#lost")).ToBeHiddenAsync();
        AssertNoMoreThanBrokenRequests(page);
    }

    /// <summary>A browser gives up for good when it is answered with an error, and proxies do that while a process restarts.</summary>
    [BrowserFact]
    public async Task AppRestartsBehindAProxyThatAnswers502_PageComesBack()
    {
        WebReplica alice = await StartHereAsync("alice");
        await using PrefixProxy proxy = await PrefixProxy.StartAsync(alice);
        IPage page = await LookAtAsync(proxy.Address + Page);
        await alice.DisposeAsync();
        await Expect(page.Locator("#lost")).ToBeVisibleAsync();
        await proxy.Changed.WaitUntilAsync(() => proxy.Refusals >= 3, () => "the page to try again after it was refused");

        await StartHereAsync("carol");

        await Expect(page.Locator(".identity")).ToContainTextAsync("carol");
        await Expect(page.Locator("#lost")).ToBeHiddenAsync();
        AssertNoMoreThanBrokenRequests(page);
    }

    [BrowserFact]
    public async Task NothingHeard_PageSaysSinceWhenAndNoLongerThatItLeads()
    {
        WebReplica alice = await StartAsync(
            "alice", app => app.MapLeaderElection(Page, options => options.HeartbeatInterval = TimeSpan.FromSeconds(1)));
        await alice.LeadAsync();
        await using PrefixProxy proxy = await PrefixProxy.StartAsync(alice);
        IPage page = await LookAtAsync(proxy.Address + Page);
        await Expect(page.Locator(".state")).ToContainTextAsync("Leads");

        proxy.Hold();

        await Expect(page.Locator("#lost:visible")).ToContainTextAsync("This process has said nothing since");
        await Expect(page.Locator(".state:not(.leads), .old .state")).ToContainTextAsync("Leads, as last told");
        await Expect(page.Locator(".bar")).ToBeHiddenAsync();
        proxy.Release();
        await Expect(page.Locator("#lost")).ToBeHiddenAsync();
        await Expect(page.Locator(".state")).ToHaveTextAsync("Leads");
        await Expect(page.Locator(".bar")).ToBeVisibleAsync();
        AssertClean(page);
    }

    [BrowserFact]
    public async Task NotSignedIn_ButtonSaysSo()
    {
        WebReplica alice = await StartAsync("alice", ReadmeProgram.Map, HeaderAuthentication.Add);
        await alice.LeadAsync();
        IPage page = await LookAtAsync(alice);
        await page.Locator(".step-down").ClickAsync();
        await Expect(page.Locator(".answer")).ToContainTextAsync("Nobody is signed in");
        Assert.True(alice.Election.IsLeader);
        // The browser's own, of any answer that is an error.
        Assert.Contains("401", Assert.Single(LogOf(page).Complaints), StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task SessionIsOver_PageSaysSo()
    {
        WebReplica alice = await StartHereAsync("alice");
        IPage page = await LookAtAsync(alice);
        await alice.DisposeAsync();

        await StartHereAsync("carol", HeaderAuthentication.Add, app => app.MapLeaderElection(Page).RequireAuthorization());

        await Expect(page.Locator("#lost:visible")).ToContainTextAsync("Sign in, then reload the page.");
        Assert.All(LogOf(page).Complaints, complaint => Assert.Matches("401|ERR_", complaint));
    }

    private Task<WebReplica> StartHereAsync(string identity) => StartHereAsync(identity, _ => { }, Map);

    private async Task<WebReplica> StartHereAsync(string identity, Action<IServiceCollection> configure, Action<WebApplication> map)
    {
        WebReplica replica = NewReplica(identity);
        configure(replica.Builder.Services);
        replica.Builder.WebHost.UseUrls(_address);
        replica.Builder.Services.AddLeaderElection();
        map(replica.App);
        await replica.StartAsync();
        return replica;
    }

    /// <summary>Browsers write a line of their own for each request that fails.</summary>
    private void AssertNoMoreThanBrokenRequests(IPage page) => Assert.All(
        LogOf(page).Complaints, complaint => Assert.StartsWith("Failed to load resource: ", complaint, StringComparison.Ordinal));
}
