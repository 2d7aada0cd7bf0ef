using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace LeaseElection.Hosting.AspNetCore.Tests.Browser;

/// <summary>All that a page complained about, asked the user, and asked the network for.</summary>
internal sealed class PageLog
{
    private readonly ConcurrentQueue<string> _complaints = new();
    private readonly ConcurrentQueue<string> _dialogs = new();
    private readonly ConcurrentQueue<Uri> _requests = new();

    private PageLog()
    {
    }

    /// <summary>Warnings and errors of the console, exceptions, violations of the policy, requests that failed.</summary>
    public IReadOnlyCollection<string> Complaints => _complaints;

    /// <summary>What it asked the user; the answer was always yes.</summary>
    public IReadOnlyCollection<string> Dialogs => _dialogs;

    /// <summary>Everything that it loaded or asked for.</summary>
    public IReadOnlyCollection<Uri> Requests => _requests;

    public static async Task<PageLog> OfAsync(IPage page)
    {
        var log = new PageLog();
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning" or "assert")
                log._complaints.Enqueue($"{message.Text} ({message.Location})");
        };
        page.PageError += (_, thrown) => log._complaints.Enqueue(thrown);
        page.Dialog += (_, dialog) =>
        {
            log._dialogs.Enqueue(dialog.Message);
            _ = dialog.AcceptAsync(); // What fails here leaves the page waiting, and the test sees that.
        };
        page.Request += (_, request) => log._requests.Enqueue(new Uri(request.Url));
        page.WebSocket += (_, socket) => log._requests.Enqueue(new Uri(socket.Url));

        // Once more, as Chromium has it: Playwright conceals requests for a favicon.ico.
        ICDPSession session = await page.Context.NewCDPSessionAsync(page);
        session.Event("Network.requestWillBeSent").OnEvent += (_, told) =>
            log._requests.Enqueue(new Uri(told!.Value.GetProperty("request").GetProperty("url").GetString()!));
        await session.SendAsync("Network.enable");
        return log;
    }
}
