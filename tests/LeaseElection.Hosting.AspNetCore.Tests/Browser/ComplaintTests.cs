using LeaseElection.Testing.Browser;
using Microsoft.AspNetCore.Builder;

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
                <!doctype html><img src="/picture"><script src="http://localhost:9/elsewhere.js"></script>
                <script>console.warn('a warning'); console.log('no fault'); setTimeout(() => { throw new Error('thrown'); }); document.title = 'done';</script>
                """);
        }));
        BrowserPage page = await OpenAsync();
        await page.GoAsync(new Uri(alice.App.Urls.First() + "/bad"));
        await page.UntilAsync("document.title === 'done'");
        await page.EvaluateAsync<object>("new Promise(resolve => setTimeout(resolve))");

        foreach (string fault in new[] { "a warning", "thrown", "Content Security Policy", "elsewhere.js" })
            Assert.Contains(page.Complaints, complaint => complaint.Contains(fault, StringComparison.Ordinal));
        Assert.DoesNotContain(page.Complaints, complaint => complaint.Contains("no fault", StringComparison.Ordinal));
        Assert.Contains(page.Requests, request => request.Port == 9);
    }
}
