using Xunit;

namespace LeaseElection.Testing.ApiServer;

/// <summary>
/// One API server for all classes of a collection: they keep apart by namespace, and two seconds per class would add
/// up. xunit wants the collection declared in the test assembly itself:
/// <code>
/// [CollectionDefinition(ApiServerFixture.Collection)]
/// public sealed class ApiServerCollectionDefinition : ICollectionFixture&lt;ApiServerFixture&gt;;
///
/// [Collection(ApiServerFixture.Collection)]
/// public sealed class MyTests(ApiServerFixture fixture) { … fixture.Server … }
/// </code>
/// </summary>
public sealed class ApiServerFixture : IAsyncLifetime
{
    /// <summary>The name of the collection.</summary>
    public const string Collection = "real API server";

    private RealApiServer? _server;

    /// <summary>The running server.</summary>
    public RealApiServer Server =>
        _server ?? throw new InvalidOperationException("Not started: only tests marked [ApiServerFact] may ask for it.");

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        // xunit makes the fixture even when every test of the collection is skipped.
        if (ApiServerAssets.SkipReason is null)
        {
            _server = await RealApiServer.StartAsync(CancellationToken.None);
        }
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
