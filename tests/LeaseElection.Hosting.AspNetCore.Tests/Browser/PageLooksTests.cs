using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Browser;

namespace LeaseElection.Hosting.AspNetCore.Tests.Browser;

/// <summary>
/// The page in each state, light and dark, wide and narrow: readable, and nothing beyond its edge. With <c>LEASEELECTION_SCREENSHOTS</c>
/// set to a folder, PNGs of all of them are left there.
/// </summary>
public sealed class PageLooksTests : BrowserTest
{
    private const double Readable = 4.5; // WCAG 2.2, level AA.

    /// <summary>The worst contrast of a text with what is behind it, and which text that is.</summary>
    private const string WorstContrast = """
        (() => {
          const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
          const rgba = color => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); return canvas.getImageData(0, 0, 1, 1).data; };
          const luminance = color => {
            const [r, g, b] = Array.from(rgba(color)).map(c => c / 255).map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
          };
          const behind = node => !node ? 'Canvas' : rgba(getComputedStyle(node).backgroundColor)[3] === 255 ? getComputedStyle(node).backgroundColor : behind(node.parentElement);
          const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          let worst = { ratio: 21, text: '' };
          while (texts.nextNode()) {
            const node = texts.currentNode.parentElement, text = texts.currentNode.textContent.trim();
            if (!text || !node.checkVisibility() || node.closest('script, style, .spoken, :disabled')) continue;
            const [a, b] = [luminance(getComputedStyle(node).color), luminance(behind(node))];
            const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
            if (ratio < worst.ratio) worst = { ratio, text };
          }
          return worst;
        })()
        """;

    public PageLooksTests(BrowserFixture browser, ApiServerFixture cluster)
        : base(browser) => Server = BrowserProgram.SkipReasonWithCluster is null ? cluster.Server : null;

    /// <summary>Some seconds lie between the first request without an answer and the end of the term: the page is looked at in between.</summary>
    private protected override IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>(base.Settings, StringComparer.Ordinal)
    {
        ["LeaderElection:LeaseDuration"] = "00:00:10",
        ["LeaderElection:RenewDeadline"] = "00:00:08",
    };

    [BrowserFact(WithCluster = true)]
    public async Task Page_InEachState_IsReadableAndNothingOverflows()
    {
        (WebReplica leader, WebReplica standby) = await StartTwoAsync(Map);
        BrowserPage onLeader = await LookAtAsync(leader);
        for (int handOver = 0; handOver < 2; handOver++) // So that there are some terms to see.
        {
            foreach (WebReplica replica in new[] { leader, standby })
            {
                await replica.Election.StepDownAsync();
                await (replica == leader ? standby : leader).LeadAsync();
            }
        }

        BrowserPage onStandby = await LookAtAsync(standby);
        await onLeader.UntilAsync(Says(".state", "Leads"));
        await CheckAsync(onLeader, "leader");
        await CheckAsync(onStandby, "standby");
        await Server!.PauseAsync();
        try
        {
            await onLeader.UntilAsync("!document.querySelector('.error').hidden && document.querySelector('.state').classList.contains('leads')");
            await CheckAsync(onLeader, "leader-api-down");
            await onLeader.UntilAsync("!document.querySelector('.state').classList.contains('leads')");
            await CheckAsync(onLeader, "lost-api-down");
            await onStandby.UntilAsync("!document.querySelector('.error').hidden");
            await CheckAsync(onStandby, "standby-api-down");
        }
        finally
        {
            await Server.ResumeAsync();
        }

        await standby.DisposeAsync();
        await onStandby.UntilAsync("!document.querySelector('#lost').hidden");
        await CheckAsync(onStandby, "app-down");
    }

    [BrowserFact]
    public async Task Page_OfSeveralElectionsWithLongNames_IsReadableAndNothingOverflows()
    {
        var first = new FakeElection();
        var second = new FakeElection("quarterly-reports-of-all-subsidiaries-that-nobody-reads");
        var third = new FakeElection("third");
        WebReplica replica = await StartAsync(Map, first, second, third);
        BrowserPage page = await LookAtAsync(replica);
        first.Become(new()
        {
            State = LeaderElectionState.Standby,
            LastError = "403: system:serviceaccount:shop:web-api may not get leases in the namespace shop. Grant it the verb get on leases of coordination.k8s.io.",
        });
        string longName = string.Concat(Enumerable.Repeat("web-api-7d9f8c6b54-", 6)) + "x2x4z_k3j5h7g9";
        DateTimeOffset since = TimeProvider.System.GetUtcNow().AddDays(-3);
        second.Become(new() { State = LeaderElectionState.Standby, HolderIdentity = longName, AcquiredAt = since, RenewedAt = since.AddDays(3), Transitions = 41 });
        third.IsLeader = true;
        third.Become(new() { State = LeaderElectionState.Draining, HolderIdentity = "me", AcquiredAt = since.AddDays(2), RenewedAt = since.AddDays(3) });
        await page.UntilAsync($"document.querySelectorAll('article').length === 3 && {Says("article:nth-of-type(3) .state", "Gives way")}");
        await page.UntilAsync("document.title === 'Leads 1 of 3'");
        Assert.Contains("None yet.", await page.TextAsync(), StringComparison.Ordinal);
        Assert.Equal("Not known", await page.EvaluateAsync<string>("document.querySelector('.holder').textContent")); // It may not look.
        await CheckAsync(page, "several");
        AssertClean(page);
    }

    [BrowserFact]
    public async Task Page_HolderWhoseClockIsAhead_KeepsItsTermsWithinTheWindow()
    {
        var election = new FakeElection();
        WebReplica replica = await StartAsync(Map, election);
        BrowserPage page = await LookAtAsync(replica);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        election.Become(new() { State = LeaderElectionState.Standby, HolderIdentity = "on time", AcquiredAt = now });
        await page.UntilAsync("document.querySelectorAll('.terms li').length === 1");
        election.Become(new() { State = LeaderElectionState.Standby, HolderIdentity = "ahead", AcquiredAt = now.AddMinutes(10) });
        await page.UntilAsync("document.querySelectorAll('.terms li').length === 2");
        await CheckAsync(page, "ahead");
        AssertClean(page);
    }

    private static async Task CheckAsync(BrowserPage page, string state)
    {
        foreach (string scheme in new[] { "light", "dark" })
        {
            await page.PreferAsync(("prefers-color-scheme", scheme));
            foreach ((string size, int width, int height) in new[] { ("wide", 1000, 800), ("narrow", 360, 1040) })
            {
                await page.ResizeAsync(width, height);
                Contrast worst = await page.EvaluateAsync<Contrast>(WorstContrast);
                Assert.True(worst.Ratio >= Readable, $"{state}, {scheme}: \"{worst.Text}\" has a contrast of {worst.Ratio:0.0}");
                Assert.True(
                    await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), $"{state}, {size}: wider than the window");
                if (Environment.GetEnvironmentVariable("LEASEELECTION_SCREENSHOTS") is { Length: > 0 } folder)
                    await File.WriteAllBytesAsync(Path.Combine(Directory.CreateDirectory(folder).FullName, $"{state}-{scheme}-{size}.png"), await page.PictureAsync());
            }
        }

        string dark = await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
        await page.PreferAsync(("prefers-color-scheme", "light"));
        Assert.NotEqual(dark, await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
    }

    private sealed record Contrast(
        [property: System.Text.Json.Serialization.JsonPropertyName("ratio")] double Ratio,
        [property: System.Text.Json.Serialization.JsonPropertyName("text")] string Text);
}
