using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Browser;
using Microsoft.AspNetCore.Builder;

namespace LeaseElection.Hosting.AspNetCore.Tests.Browser;

/// <summary>A test that looks at the page of web apps with Chromium. Windows and apps go with the test.</summary>
[Collection(BrowserCollectionDefinition.Name)]
public abstract class BrowserTest(BrowserFixture fixture) : WebTest
{
    private protected const string Page = "/leader-election";

    private readonly List<BrowserPage> _pages = [];

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
        foreach (BrowserPage page in _pages)
            await page.DisposeAsync();
        await base.DisposeAsync();
    }

    /// <summary>The endpoints, and a button for everybody.</summary>
    private protected static void Map(WebApplication app) =>
        app.MapLeaderElection(Page, options => options.MapStepDown(endpoint => endpoint.AllowAnonymous()));

    private protected async Task<BrowserPage> OpenAsync()
    {
        BrowserPage page = await fixture.Browser.OpenAsync();
        _pages.Add(page);
        return page;
    }

    private protected Task<BrowserPage> LookAtAsync(WebReplica replica) => LookAtAsync(new Uri(replica.App.Urls.First() + Page));

    private protected async Task<BrowserPage> LookAtAsync(Uri address)
    {
        BrowserPage page = await OpenAsync();
        await page.GoAsync(address);
        await page.UntilAsync(Says(".identity", ""));
        return page;
    }

    /// <summary>A condition: the part of the page with this selector is there and says this.</summary>
    private protected static string Says(string selector, string text) => $"document.querySelector('{selector}')?.textContent.includes('{text}')";

    /// <summary>Nothing in the console, nothing thrown, nothing against the policy, nothing from elsewhere.</summary>
    private protected static void AssertClean(BrowserPage page)
    {
        Assert.Empty(page.Complaints);
        Assert.NotEmpty(page.Requests);
        Assert.Single(page.Requests.Where(request => request.Scheme != "data").Select(request => request.GetLeftPart(UriPartial.Authority)).Distinct());
    }
}
