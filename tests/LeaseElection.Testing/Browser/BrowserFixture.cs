using Xunit;

namespace LeaseElection.Testing.Browser;

/// <summary>One browser for all classes of a collection: each test has tabs of its own, which share nothing.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    private BrowserProcess? _browser;

    /// <summary>The running browser.</summary>
    public BrowserProcess Browser =>
        _browser ?? throw new InvalidOperationException("Not started: only tests marked [BrowserFact] may ask for it.");

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        // xunit makes the fixture even when every test of the collection is skipped.
        if (BrowserProgram.SkipReason is null)
            _browser = await BrowserProcess.StartAsync();
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
    }
}
