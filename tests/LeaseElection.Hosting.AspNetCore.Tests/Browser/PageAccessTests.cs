using System.Globalization;
using LeaseElection.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LeaseElection.Hosting.AspNetCore.Tests.Browser;

/// <summary>The page without a mouse, without eyes, and for those whom motion makes ill.</summary>
public sealed class PageAccessTests(BrowserFixture browser) : BrowserTest(browser)
{
    private const string Width = "parseFloat(document.querySelector('.bar span').style.width)";

    [BrowserFact]
    public async Task Keyboard_TabThenEnter_StepsDown()
    {
        (WebReplica alice, WebReplica bob) = await StartTwoAsync(Map);
        IPage page = await LookAtAsync(alice);
        ILocator button = page.Locator(".step-down");
        await Expect(button).ToBeVisibleAsync();
        await Expect(button).ToHaveCSSAsync("outline-style", "none");
        await page.Keyboard.PressAsync("Tab");
        await Expect(button).ToBeFocusedAsync();
        await Expect(button).ToHaveCSSAsync("outline-style", "solid");
        await Expect(button).ToHaveCSSAsync("outline-width", "3px");

        await page.Keyboard.PressAsync("Enter");

        await bob.LeadAsync();
        await Expect(page.Locator(".answer")).ToContainTextAsync("Stepped down.");
        Assert.Single(LogOf(page).Dialogs);
        AssertClean(page);
    }

    [BrowserFact]
    public async Task ScreenReader_HasNamesForAllAndIsToldWhoLeads()
    {
        (WebReplica alice, WebReplica bob) = await StartTwoAsync(Map);
        IPage page = await LookAtAsync(alice);
        await Expect(page.Locator(".step-down")).ToBeVisibleAsync();

        // What is most is learned from renewals: the first look may come late after one.
        await Expect(page.Locator(".bar")).ToHaveAttributeAsync("aria-valuemax", "4");

        IReadOnlyList<AccessibleNode> seen = await AccessibleNode.AllOfAsync(page);
        Assert.Equal(
            ["Who leads?", "settlement", "Last terms seen by this process"],
            seen.Where(node => node.Role == "heading").Select(node => node.Name));
        Assert.Equal("Step down from settlement", Assert.Single(seen, node => node.Role == "button").Name);
        AccessibleNode bar = Assert.Single(seen, node => node.Role == "progressbar");
        Assert.StartsWith("Time left", bar.Name, StringComparison.Ordinal);
        Assert.InRange(double.Parse(bar.Value!, CultureInfo.InvariantCulture), 0, 4);
        Assert.Equal("4", bar.Properties["valuemax"]);
        Assert.Contains(seen, node => node.Role == "list");
        Assert.Single(seen, node => node.Role == "listitem");
        Assert.Contains(seen, node => node.Role == "status" && node.Properties["live"] == "polite");

        await alice.Election.StepDownAsync();
        await bob.LeadAsync();

        await Expect(page.Locator("#spoken[role=status]")).ToContainTextAsync("settlement, leader: bob");
        Assert.Contains(await AccessibleNode.AllOfAsync(page), node => node.Role == "StaticText" && node.Name == "settlement, leader: bob");
        AssertClean(page);
    }

    /// <summary>A renewal comes each second: the bar shrinks several times, and then is full again.</summary>
    [BrowserFact]
    public async Task Bar_DrainsBetweenRenewalsAndIsFullAfterEach()
    {
        WebReplica alice = await StartAsync(
            "alice", app => app.MapLeaderElection(Page, options => options.HeartbeatInterval = TimeSpan.FromHours(1)));
        await alice.LeadAsync();
        IPage page = await LookAtAsync(alice);
        await Expect(page.Locator(".state")).ToContainTextAsync("Leads");
        double[] widths = await page.EvaluateAsync<double[]>($$"""
            new Promise(resolve => {
              const widths = [{{Width}}];
              new MutationObserver((_, observer) => {
                widths.push({{Width}});
                const refilled = widths.filter((width, i) => i > 1 && widths[i - 2] > widths[i - 1] && width > widths[i - 1] + 10);
                if (refilled.length >= 3 && Math.max(...widths) > 95) { observer.disconnect(); resolve(widths); }
              }).observe(document.querySelector('.bar span'), { attributes: true });
            })
            """).WaitAsync(Signal.Patience);
        double[] drops = [.. widths.Zip(widths.Skip(1)).Select(pair => pair.First - pair.Second)];
        Assert.True(drops.Count(drop => drop > 0) > drops.Count(drop => drop < -10), string.Join(' ', widths));
        Assert.All(widths, width => Assert.InRange(width, 0, 100));
        Assert.Contains(widths, width => width > 95);
        Assert.True(alice.Election.IsLeader);
    }

    [BrowserFact]
    public async Task ReducedMotion_NothingMoves()
    {
        WebReplica alice = await StartAsync("alice", Map);
        await alice.LeadAsync();
        IPage page = await LookAtAsync(alice);
        const string Moving = """
            Array.from(document.querySelectorAll('*')).filter(node => {
              const style = getComputedStyle(node);
              return parseFloat(style.transitionDuration) > 0 || style.animationName !== 'none';
            }).length
            """;
        Assert.Equal(1, await page.EvaluateAsync<int>(Moving)); // The bar.
        await page.EmulateMediaAsync(new() { ReducedMotion = ReducedMotion.Reduce });
        Assert.Equal(0, await page.EvaluateAsync<int>(Moving));
    }
}
