using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using LeaseElection.Testing;
using LeaseElection.Testing.ApiServer;
using Microsoft.AspNetCore.Builder;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LeaseElection.Hosting.AspNetCore.Tests.Browser;

/// <summary>A test that looks at the page of web apps with Chromium. Windows and apps go with the test.</summary>
[Collection(BrowserCollectionDefinition.Name)]
public abstract class BrowserTest(BrowserFixture fixture) : WebTest
{
    private protected const string Page = "/leader-election";

    private readonly Dictionary<IPage, PageLog> _logs = [];

    /// <summary>Set by tests that elect on the real API server.</summary>
    private protected RealApiServer? Server { get; init; }

    private string _namespace = "";
    private ApiServerUser? _user;

    /// <summary>Times that pass while a person would look: a renewal each second, and a term that outlives a slow machine.</summary>
    private protected override IReadOnlyDictionary<string, string?> Settings
    {
        get
        {
            var settings = new Dictionary<string, string?>(base.Settings, StringComparer.Ordinal)
            {
                ["LeaderElection:LeaseDuration"] = "00:00:06",
                ["LeaderElection:RenewDeadline"] = "00:00:04",
                ["LeaderElection:RenewInterval"] = "00:00:01",
            };
            if (Server is not null)
            {
                settings["LeaderElection:Store"] = "Kubernetes";
                settings["LeaderElection:LeaseNamespace"] = _namespace;
                settings["LeaderElection:Kubernetes:ApiServer"] = Server.Url.ToString();
                settings["LeaderElection:Kubernetes:TokenFile"] = _user!.TokenFile;
                settings["LeaderElection:Kubernetes:CertificateAuthorityFile"] = Server.CertificateAuthorityFile;
            }

            return settings;
        }
    }

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        if (Server is not null)
        {
            _namespace = await Server.CreateNamespaceAsync();
            _user = await Server.CreateUserAsync(_namespace, PolicyRule.Leases("get", "create", "update", "watch"));
        }
    }

    public override async Task DisposeAsync()
    {
        foreach (IPage page in _logs.Keys)
            await page.CloseAsync();
        await base.DisposeAsync();
    }

    /// <summary>The endpoints, and a button for everybody.</summary>
    private protected static void Map(WebApplication app) =>
        app.MapLeaderElection(Page, options => options.MapStepDown(endpoint => endpoint.AllowAnonymous()));

    /// <summary>A window with no cookies and no cache, of somebody whose times of day are long.</summary>
    private protected async Task<IPage> OpenAsync()
    {
        IPage page = await fixture.Browser.NewPageAsync(new() { Locale = "en-US" });
        page.SetDefaultTimeout((float)Signal.Patience.TotalMilliseconds);
        _logs[page] = await PageLog.OfAsync(page);
        return page;
    }

    private protected Task<IPage> LookAtAsync(WebReplica replica) => LookAtAsync(replica.App.Urls.First() + Page);

    private protected async Task<IPage> LookAtAsync(string address)
    {
        IPage page = await OpenAsync();
        await LookAtAsync(page, address);
        return page;
    }

    private protected static async Task LookAtAsync(IPage page, string address)
    {
        await page.GotoAsync(address);
        await Expect(page.Locator(".identity").First).ToBeVisibleAsync();
    }

    /// <summary>For what is expected of a text: Playwright hands the pattern on to the browser, which knows few options.</summary>
    private protected static Regex Like([StringSyntax(StringSyntaxAttribute.Regex)] string pattern) =>
        new(pattern, RegexOptions.None, Signal.Patience);

    /// <summary>What this page has said and asked for so far.</summary>
    private protected PageLog LogOf(IPage page) => _logs[page];

    /// <summary>Nothing in the console, nothing thrown, nothing against the policy, nothing from elsewhere.</summary>
    private protected void AssertClean(IPage page)
    {
        PageLog log = LogOf(page);
        Assert.Empty(log.Complaints);
        Assert.NotEmpty(log.Requests);
        Assert.Single(
            log.Requests.Where(request => request.Scheme != "data").Select(
                request => request.GetLeftPart(UriPartial.Authority)).Distinct());
    }
}
