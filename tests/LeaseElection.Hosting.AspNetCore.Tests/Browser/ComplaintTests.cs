using LeaseElection.Testing;
using LeaseElection.Testing.ApiServer;
using Microsoft.AspNetCore.Builder;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LeaseElection.Hosting.AspNetCore.Tests.Browser;

/// <summary>A page that is said to be clean is worth nothing if nobody would see dirt.</summary>
public sealed class ComplaintTests(BrowserFixture browser) : BrowserTest(browser)
{
    [BrowserFact]
    public async Task PageWithEveryFault_IsSeenToHaveThem()
    {
        WebReplica alice = await StartAsync("alice", app => app.MapGet("/bad", context =>
        {
            context.Response.Headers.ContentSecurityPolicy = "img-src 'none'";
            context.Response.ContentType = "text/html";
            return Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(context.Response, """
                <!doctype html><link rel="icon" href="http://localhost:11/favicon.ico"><img src="/picture">
                <script src="http://localhost:9/elsewhere.js"></script>
                <script>console.warn('a warning'); console.assert(false, 'asserted'); console.log('no fault');
                new WebSocket('ws://localhost:10'); setTimeout(() => { throw new Error('thrown'); }); document.title = 'done';</script>
                """);
        }));
        IPage page = await OpenAsync();
        await page.GotoAsync(alice.App.Urls.First() + "/bad");
        await Expect(page).ToHaveTitleAsync("done");
        await page.EvaluateAsync("new Promise(resolve => setTimeout(resolve))");

        PageLog log = LogOf(page);
        foreach (string fault in new[] { "a warning", "asserted", "thrown", "Content Security Policy", "elsewhere.js" })
            Assert.Contains(log.Complaints, complaint => complaint.Contains(fault, StringComparison.Ordinal));
        Assert.DoesNotContain(log.Complaints, complaint => complaint.Contains("no fault", StringComparison.Ordinal));
        Assert.Contains(log.Requests, request => request.Port == 9);
        foreach (int elsewhere in new[] { 10, 11 }) // At its leisure.
        {
            await Polling.UntilAsync(
                () => Task.FromResult(log.Requests.Any(request => request.Port == elsewhere)), Signal.Patience, what: $"port {elsewhere}");
        }
    }
}
