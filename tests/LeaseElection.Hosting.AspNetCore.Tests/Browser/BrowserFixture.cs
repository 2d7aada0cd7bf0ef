using LeaseElection.Testing;
using Microsoft.Playwright;

namespace LeaseElection.Hosting.AspNetCore.Tests.Browser;

/// <summary>
/// One headless Chromium for all classes of a collection, through Playwright: each test has windows of its own, which share nothing.
/// However this process ends, Playwright's driver then reads the end of its input, closes Chromium and removes its profile; and Chromium
/// ends when the driver does.
/// </summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>The running browser.</summary>
    public IBrowser Browser =>
        _browser ?? throw new InvalidOperationException("Not started: only tests marked [BrowserFact] may ask for it.");

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        // xunit makes the fixture even when every test of the collection is skipped.
        if (BrowserProgram.SkipReason is not null)
            return;
        Assertions.SetDefaultExpectTimeout((float)Signal.Patience.TotalMilliseconds);
        _playwright = await Playwright.CreateAsync();

        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = BrowserProgram.Path,
            ChromiumSandbox = false, // Of the pages that it shows each is ours, and containers forbid the sandbox.
            IgnoreDefaultArgs = ["--hide-scrollbars"], // People have them, and they take room.
        });
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.CloseAsync();
        _playwright?.Dispose();
    }
}
