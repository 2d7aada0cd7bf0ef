using System.Diagnostics.CodeAnalysis;

namespace LeaseElection.Hosting;

/// <summary>
/// The first word that the host stops, for all its elections. A host that was sent no signal asks its services one after the other, and the
/// next only when the one before has drained: the last would have no time left, and release nothing.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The source has no timer, and services say it in their disposal too.")]
internal sealed class HostStop
{
    private readonly CancellationTokenSource _begun = new();

    /// <summary>Fires when it has been said.</summary>
    public CancellationToken Begun => _begun.Token;

    /// <summary>Says it. Said again it changes nothing.</summary>
    public void Begin() => _begun.Cancel();
}
