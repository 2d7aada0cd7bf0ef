using LeaseElection.Testing.Native;

namespace LeaseElection.Canary.Tests;

/// <summary>The canary, published once for all tests: it takes most of their time.</summary>
public sealed class PublishedCanary : IAsyncLifetime
{
    private NativeProgram? _program;

    public NativeProgram Program =>
        _program ?? throw new InvalidOperationException("Not published: only tests marked [NativeFact] may ask for it.");

    public async Task InitializeAsync()
    {
        // xunit makes the fixture even when every test of the class is skipped.
        if (NativeTools.SkipReason is null)
            _program = await NativeProgram.PublishAsync("tests/LeaseElection.Canary");
    }

    public Task DisposeAsync()
    {
        _program?.Dispose();
        return Task.CompletedTask;
    }
}
