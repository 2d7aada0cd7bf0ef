using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Browser;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace LeaseElection.Hosting.AspNetCore.Tests.Browser;

/// <summary>The page when there is something between it and the process, or no process.</summary>
public sealed class PageConnectionTests(BrowserFixture browser) : BrowserTest(browser)
{
    private const string IsLost = "!document.querySelector('#lost').hidden";
    private const string IsWell = "document.querySelector('#lost').hidden";

    /// <summary>
    /// Where an app runs that comes back. Of a port that the system chose anybody could get it in between, the browser too, which keeps trying.
    /// </summary>
    private readonly string _address = $"http://127.0.0.1:{UnusedPorts.Take(1)[0]}";

    [BrowserFact]
    public async Task Page_BehindAProxyThatTakesAPrefixOff_WorksWithItsButton()
    {
        (WebReplica alice, WebReplica bob) = await StartTwoAsync(Map);
        await using PrefixProxy proxy = await PrefixProxy.StartAsync(alice);
        foreach (string end in new[] { "", "/" })
        {
            BrowserPage page = await LookAtAsync(new Uri(proxy.Address + Page + end));
            await page.UntilAsync(Says(".state", end.Length == 0 ? "Leads" : "Stands by"));
            if (end.Length == 0)
            {
                await page.EvaluateAsync<object>("document.querySelector('.step-down').click()");
                await page.UntilAsync(Says(".answer", "Stepped down."));
                await bob.LeadAsync();
                await page.UntilAsync(Says(".holder", "bob"));
            }

            AssertClean(page);
            Assert.All(page.Requests, request => Assert.StartsWith(PrefixProxy.Prefix, request.AbsolutePath, StringComparison.Ordinal));
        }
    }

    [BrowserFact]
    public async Task AppRestarts_PageSaysSoAndComesBack()
    {
        WebReplica alice = await StartHereAsync("alice");
        await alice.LeadAsync();
        BrowserPage page = await LookAtAsync(alice);
        await page.UntilAsync(Says(".state", "Leads"));
        await alice.DisposeAsync();
        await page.UntilAsync(IsLost);
        Assert.Contains("No connection to this process", await page.TextAsync(), StringComparison.Ordinal);

        await StartHereAsync("carol");

        await page.UntilAsync(IsWell + " && " + Says(".identity", "carol"));
        AssertNoMoreThanBrokenRequests(page);
    }

    /// <summary>A browser gives up for good when it is answered with an error, and proxies do that while a process restarts.</summary>
    [BrowserFact]
    public async Task AppRestartsBehindAProxyThatAnswers502_PageComesBack()
    {
        WebReplica alice = await StartHereAsync("alice");
        await using PrefixProxy proxy = await PrefixProxy.StartAsync(alice);
        BrowserPage page = await LookAtAsync(new Uri(proxy.Address + Page));
        await alice.DisposeAsync();
        await page.UntilAsync(IsLost);
        await proxy.Changed.WaitUntilAsync(() => proxy.Refusals >= 3, () => "the page to try again after it was refused");

        await StartHereAsync("carol");

        await page.UntilAsync(IsWell + " && " + Says(".identity", "carol"));
        AssertNoMoreThanBrokenRequests(page);
    }

    [BrowserFact]
    public async Task NothingHeard_PageSaysSoAndRunsTheTimeDown()
    {
        WebReplica alice = await StartAsync("alice", app => app.MapLeaderElection(Page, options => options.HeartbeatInterval = TimeSpan.FromSeconds(1)));
        await alice.LeadAsync();
        await using PrefixProxy proxy = await PrefixProxy.StartAsync(alice);
        BrowserPage page = await LookAtAsync(new Uri(proxy.Address + Page));
        await page.UntilAsync(Says(".state", "Leads"));

        proxy.Hold();

        await page.UntilAsync(IsLost);
        Assert.Contains("says nothing any more", await page.TextAsync(), StringComparison.Ordinal);
        await page.UntilAsync(Says(".state", "In doubt"));
        proxy.Release();
        await page.UntilAsync(IsWell + " && " + Says(".state", "Leads"));
        AssertClean(page);
    }

    [BrowserFact]
    public async Task NotSignedIn_ButtonSaysSo()
    {
        WebReplica alice = await StartAsync("alice", ReadmeProgram.Map, HeaderAuthentication.Add);
        await alice.LeadAsync();
        BrowserPage page = await LookAtAsync(alice);
        await page.UntilAsync("!document.querySelector('.step-down').hidden");
        await page.EvaluateAsync<object>("document.querySelector('.step-down').click()");
        await page.UntilAsync(Says(".answer", "Nobody is signed in"));
        Assert.True(alice.Election.IsLeader);
        Assert.Contains("401", Assert.Single(page.Complaints), StringComparison.Ordinal); // The browser's own, of any answer that is an error.
    }

    [BrowserFact]
    public async Task SessionIsOver_PageSaysSo()
    {
        WebReplica alice = await StartHereAsync("alice");
        BrowserPage page = await LookAtAsync(alice);
        await alice.DisposeAsync();

        await StartHereAsync("carol", HeaderAuthentication.Add, app => app.MapLeaderElection(Page).RequireAuthorization());

        await page.UntilAsync(Says("#lost", "refuses to tell: sign in"));
        Assert.All(page.Complaints, complaint => Assert.Matches("401|ERR_", complaint));
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
    private static void AssertNoMoreThanBrokenRequests(BrowserPage page) => Assert.All(
        page.Complaints, complaint => Assert.Contains("\"source\":\"network\"", complaint, StringComparison.Ordinal));
}
