using Microsoft.Extensions.Hosting;

namespace LeaseElection.Hosting.Tests;

/// <summary>A host that is not there, and says whether it was asked to stop.</summary>
internal sealed class FakeLifetime : IHostApplicationLifetime
{
    public bool StopAsked { get; private set; }

    public CancellationToken ApplicationStarted => CancellationToken.None;

    public CancellationToken ApplicationStopping => CancellationToken.None;

    public CancellationToken ApplicationStopped => CancellationToken.None;

    public void StopApplication() => StopAsked = true;
}
