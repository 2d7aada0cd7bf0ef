using LeaseElection.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LeaseElection.Hosting.AspNetCore.Tests.Browser;

/// <summary>What people see of the notes on a lease.</summary>
public sealed class NotesPageTests(BrowserFixture browser) : BrowserTest(browser)
{
    [BrowserFact]
    public async Task Notes_AreShownAsTheText_ThatTheyAre()
    {
        (WebReplica alice, WebReplica bob) = await StartTwoAsync(Map);
        IPage page = await LookAtAsync(bob);
        await Expect(page.Locator(".of-notes")).ToBeHiddenAsync();

        LeadershipTerm term = alice.App.Services.GetRequiredService<ILeaderElection>().Term!;
        await term.WriteNoteAsync("batch", "<img src=x onerror=alert(1)>").WaitAsync(Signal.Patience);

        await Expect(page.Locator(".notes dt")).ToHaveTextAsync("batch");
        await Expect(page.Locator(".notes dd")).ToHaveTextAsync("<img src=x onerror=alert(1)>");
        await Expect(page.Locator(".notes img")).ToHaveCountAsync(0);
        await term.WriteNoteAsync("batch", null).WaitAsync(Signal.Patience);
        await Expect(page.Locator(".of-notes")).ToBeHiddenAsync();
        AssertClean(page);
    }

    [BrowserFact]
    public async Task Endpoint_IsShownBesideTheLeader_AndNotAmongTheNotes()
    {
        (WebReplica alice, WebReplica bob) = await StartTwoAsync(Map, services => services.AddLeaderElection().PublishEndpoint());
        IPage page = await LookAtAsync(bob);

        await Expect(page.Locator(".endpoint")).ToHaveTextAsync(new Uri(alice.App.Urls.Single()).AbsoluteUri);
        await Expect(page.Locator(".of-notes")).ToBeHiddenAsync();
        await alice.StopAsync();
        await Expect(page.Locator(".endpoint")).ToHaveTextAsync(new Uri(bob.App.Urls.Single()).AbsoluteUri);
        AssertClean(page);
    }

    [BrowserFact]
    public async Task LeaderWithoutAnEndpoint_HasNoAddress()
    {
        (WebReplica alice, _) = await StartTwoAsync(Map);
        IPage page = await LookAtAsync(alice);

        await Expect(page.Locator(".endpoint")).ToBeHiddenAsync();
        AssertClean(page);
    }
}
