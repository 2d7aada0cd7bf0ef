using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LeaseElection.Hosting.AspNetCore.Tests.Browser;

/// <summary>What people see of the members of an election.</summary>
public sealed class MembersPageTests(BrowserFixture browser) : BrowserTest(browser)
{
    [BrowserFact]
    public async Task Members_AreShownWithWhoLeads_TheOwnOneMarked_AndGoWithTheirProcesses()
    {
        (WebReplica alice, WebReplica bob) = await StartTwoAsync(Map, services => services.AddLeaderElection().AddMembers());
        IPage page = await LookAtAsync(bob);
        ILocator members = page.Locator(".members > li");

        await Expect(members).ToHaveCountAsync(2);
        await Expect(members.Nth(0).Locator(".who")).ToHaveTextAsync("alice, leads");
        await Expect(members.Nth(1).Locator(".who")).ToHaveTextAsync("bob (this process)");
        await Expect(members.Nth(0).Locator("time")).ToHaveTextAsync(Like(@"^since .*, \d+\ss ago$"));
        await Expect(page.Locator(".incomplete")).ToBeHiddenAsync();

        await alice.StopAsync();
        await Expect(members).ToHaveCountAsync(1);
        await Expect(members.Locator(".who")).ToHaveTextAsync("bob (this process), leads");
        AssertClean(page);
    }

    [BrowserFact]
    public async Task AppWithoutMembers_ShowsNothingOfThem()
    {
        (WebReplica alice, _) = await StartTwoAsync(Map);
        IPage page = await LookAtAsync(alice);

        await Expect(page.Locator(".of-members")).ToBeHiddenAsync();
        Assert.DoesNotContain("Members", await page.Locator("main").InnerTextAsync(), StringComparison.Ordinal);
    }
}
