using Deque.AxeCore.Commons;
using LeaseElection.Testing.ApiServer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LeaseElection.Hosting.AspNetCore.Tests.Browser;

/// <summary>
/// The page in each state, light and dark, wide and narrow: readable, and nothing beyond its edge. With <c>LEASEELECTION_SCREENSHOTS</c>
/// set to a folder, PNGs of all of them are left there.
/// </summary>
public sealed class PageLooksTests : BrowserTest
{
    /// <summary>
    /// What axe finds against WCAG 2.2, level AA, and good practice, and what it cannot decide. Large text needs the contrast of small.
    /// </summary>
    private const string Faults = """
        axe.configure({ checks: [
          { id: 'color-contrast', options: { contrastRatio: { normal: { expected: 4.5 }, large: { expected: 4.5 } } } }] }),
        axe.run({ rules: { 'target-size': { enabled: true } } }).then(found =>
          [...found.violations, ...found.incomplete].flatMap(rule =>
            rule.nodes.map(node => `${rule.id}: ${node.html}: ${node.failureSummary}`)))
        """;

    private const string TooWide = "wider than the window";

    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    public PageLooksTests(BrowserFixture browser, ApiServerFixture cluster)
        : base(browser) => Server = BrowserProgram.SkipReasonWithCluster is null ? cluster.Server : null;

    /// <summary>
    /// Some seconds lie between the first request without an answer and the end of the term: the page is looked at in between.
    /// </summary>
    private protected override IReadOnlyDictionary<string, string?> Settings =>
        new Dictionary<string, string?>(base.Settings, StringComparer.Ordinal)
        {
            ["LeaderElection:LeaseDuration"] = "00:00:10",
            ["LeaderElection:RenewDeadline"] = "00:00:08",
        };

    [BrowserFact(WithCluster = true)]
    public async Task Page_InEachState_IsReadableAndNothingOverflows()
    {
        (WebReplica leader, WebReplica standby) = await StartTwoAsync(Map);
        IPage onLeader = await LookAtAsync(leader);
        for (int handOver = 0; handOver < 2; handOver++) // So that there are some terms to see.
        {
            foreach (WebReplica replica in new[] { leader, standby })
            {
                await replica.Election.StepDownAsync();
                await (replica == leader ? standby : leader).LeadAsync();
            }
        }

        IPage onStandby = await LookAtAsync(standby);
        await Expect(onLeader.Locator(".state")).ToContainTextAsync("Leads");
        await CheckAsync(onLeader, "leader");
        await CheckAsync(onStandby, "standby");
        await Server!.PauseAsync();
        try
        {
            await Expect(onLeader.Locator("article:has(.error:not([hidden])):has(.state.leads)")).ToBeVisibleAsync();
            await CheckAsync(onLeader, "leader-api-down");
            await Expect(onLeader.Locator(".state:not(.leads)")).ToBeVisibleAsync();
            await CheckAsync(onLeader, "lost-api-down");
            await Expect(onStandby.Locator(".error")).ToBeVisibleAsync();
            await CheckAsync(onStandby, "standby-api-down");
        }
        finally
        {
            await Server.ResumeAsync();
        }

        await standby.DisposeAsync();
        await Expect(onStandby.Locator("#lost")).ToBeVisibleAsync();
        await CheckAsync(onStandby, "app-down");
    }

    [BrowserFact]
    public async Task Page_OfSeveralElectionsWithLongNames_IsReadableAndNothingOverflows()
    {
        var first = new FakeElection();
        var second = new FakeElection("quarterly-reports-of-all-subsidiaries-that-nobody-reads");
        var third = new FakeElection("third");
        WebReplica replica = await StartAsync(Map, first, second, third);
        IPage page = await LookAtAsync(replica);
        first.Become(new()
        {
            State = LeaderElectionState.Standby,
            LastError = "403: system:serviceaccount:shop:web-api may not get leases in the namespace shop. "
                + "Grant it the verb get on leases of coordination.k8s.io.",
        });
        string longName = string.Concat(Enumerable.Repeat("web-api-7d9f8c6b54-", 6)) + "x2x4z_k3j5h7g9";
        DateTimeOffset since = TimeProvider.System.GetUtcNow().AddDays(-3);
        second.Become(new()
        {
            State = LeaderElectionState.Standby,
            HolderIdentity = longName,
            AcquiredAt = since,
            RenewedAt = since.AddDays(3),
            Transitions = 41,
        });
        third.IsLeader = true;
        third.Become(new()
        {
            State = LeaderElectionState.Draining,
            HolderIdentity = "me",
            AcquiredAt = since.AddDays(2),
            RenewedAt = since.AddDays(3),
        });
        await Expect(page.Locator("article")).ToHaveCountAsync(3);
        await Expect(page.Locator(".state")).ToContainTextAsync(["Stands by", "Stands by", "Gives way"]);
        await Expect(page).ToHaveTitleAsync("Leads 1 of 3");
        await Expect(page.GetByText("None yet.").First).ToBeVisibleAsync();
        Assert.Equal("Not known", await page.Locator(".holder").First.TextContentAsync()); // It may not look.
        await CheckAsync(page, "several");
        AssertClean(page);
    }

    [BrowserFact]
    public async Task Page_WithMembersOfLongNamesThatCannotBeListed_IsReadableAndNothingOverflows()
    {
        string longName = string.Concat(Enumerable.Repeat("web-api-7d9f8c6b54-", 6)) + "x2x4z_k3j5h7g9";
        DateTimeOffset since = TimeProvider.System.GetUtcNow().AddDays(-3);
        var labels = new Dictionary<string, string> { ["kubernetes.io/hostname"] = "ip-10-0-31-7.eu-central-1.compute.internal" };
        WebReplica replica = NewReplica();
        var members = new FakeMembers(
            new ElectionMember { Identity = longName, Since = since, Labels = labels, Leads = true },
            new ElectionMember { Identity = "me", Since = since.AddDays(1), IsSelf = true });
        replica.Builder.Services.AddKeyedSingleton<ILeaderElection>("", new FakeElection())
            .AddKeyedSingleton<IElectionMembers>("", members);
        Map(replica.App);
        await replica.StartAsync();
        IPage page = await LookAtAsync(replica);

        await Expect(page.Locator(".members > li")).ToContainTextAsync(
            [longName + ", leads on ip-10-0-31-7.eu-central-1.compute.internal, since", "me (this process) since"]);
        await Expect(page.Locator(".incomplete")).ToBeVisibleAsync();
        await CheckAsync(page, "members");
        AssertClean(page);
    }

    [BrowserFact]
    public async Task Page_HolderWhoseClockIsAhead_ShowsWhatWasSeenAndByHowMuchItDiffers()
    {
        var election = new FakeElection();
        WebReplica replica = await StartAsync(Map, election);
        IPage page = await LookAtAsync(replica);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        election.Become(new() { State = LeaderElectionState.Standby, HolderIdentity = "on time", AcquiredAt = now });
        await Expect(page.Locator(".terms li")).ToHaveCountAsync(1);
        election.Become(new()
        {
            State = LeaderElectionState.Standby,
            HolderIdentity = "ahead",
            AcquiredAt = now.AddMinutes(10),
            RenewedAt = now.AddMinutes(10),
            RenewalSeenAt = now.AddSeconds(-2),
        });
        await Expect(page.Locator(".terms li")).ToHaveCountAsync(2);
        await Expect(page.Locator(".renewed")).ToContainTextAsync(await ClockAsync(page, now.AddSeconds(-2)));
        await Expect(page.Locator(".renewed")).ToContainTextAsync(Like(@"ago; its holder dated it 10\smin\s2\ss later$"));
        await Expect(page.Locator(".since")).ToHaveTextAsync(Like(@", \d+\ss ago$"));
        string text = await page.Locator("main").InnerTextAsync();
        Assert.DoesNotContain(await ClockAsync(page, now.AddMinutes(10)), text, StringComparison.Ordinal);
        await CheckAsync(page, "ahead");
        AssertClean(page);
    }

    /// <summary>That nothing is found is worth nothing if nothing ever would be.</summary>
    [BrowserFact]
    public async Task PageThatIsPaleAndTooWide_IsSeenToBe()
    {
        IPage page = await OpenAsync();
        await page.SetContentAsync("""
            <!doctype html><html lang="en"><title>Bad</title>
            <main><h1 style="color: gray; background: white">Pale</h1><div style="width: 2000px">Wide</div></main>
            """);

        IReadOnlyList<string> faults = await FaultsAsync(page);

        Assert.Equal(2, faults.Count);
        Assert.StartsWith("color-contrast: <h1", faults[0], StringComparison.Ordinal);
        Assert.Equal(TooWide, faults[1]);
    }

    /// <summary>A time as this browser writes it.</summary>
    private static Task<string> ClockAsync(IPage page, DateTimeOffset time) =>
        page.EvaluateAsync<string>("milliseconds => new Date(milliseconds).toLocaleTimeString()", time.ToUnixTimeMilliseconds());

    private static async Task CheckAsync(IPage page, string state)
    {
        List<string> backgrounds = [];
        foreach (ColorScheme scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            foreach ((string size, int width, int height) in new[] { ("wide", 1000, 800), ("narrow", 360, 1040) })
            {
                await page.SetViewportSizeAsync(width, height);
                string picture = $"{state}-{scheme}-{size}.png".ToLowerInvariant();
                if (Environment.GetEnvironmentVariable("LEASEELECTION_SCREENSHOTS") is { Length: > 0 } folder)
                    await page.ScreenshotAsync(new() { Path = Path.Combine(folder, picture) });
                IReadOnlyList<string> faults = await FaultsAsync(page);
                Assert.True(faults.Count == 0, string.Join('\n', faults.Prepend(picture)));
            }

            backgrounds.Add(await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
        }

        Assert.NotEqual(backgrounds[0], backgrounds[1]);
    }

    private static async Task<IReadOnlyList<string>> FaultsAsync(IPage page)
    {
        if (!await page.EvaluateAsync<bool>("'axe' in window"))
            await page.EvaluateAsync(Axe);
        List<string> faults = [.. await page.EvaluateAsync<string[]>(Faults)];
        if (!await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"))
            faults.Add(TooWide);
        return faults;
    }
}
