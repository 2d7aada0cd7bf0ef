using LeaseElection.Hosting.Kubernetes.Connecting;

namespace LeaseElection.Hosting.Kubernetes.Requests;

/// <summary>What is known of a request that is under way, for the case that it ends in an exception.</summary>
/// <param name="isWatch">Over a connection of its own, or over the one for requests.</param>
/// <param name="timeout">How long all of it may take.</param>
/// <param name="timeProvider">Tells how much of that is left.</param>
internal sealed class ApiAttempt(bool isWatch, TimeSpan timeout, TimeProvider timeProvider)
{
    private TrackedContent? _refused;

    public bool IsWatch => isWatch;

    /// <summary>When it began, a time stamp.</summary>
    public long Started { get; } = timeProvider.GetTimestamp();

    public TimeSpan Left => timeout - timeProvider.GetElapsedTime(Started) is { Ticks: > 0 } left ? left : TimeSpan.Zero;

    /// <summary>The connection it was last sent over.</summary>
    public ApiServerChannel? Channel { get; set; }

    public TrackedContent? Content { get; set; }

    /// <summary>Whether it has got no further than to wait for what it shall prove itself with.</summary>
    public bool AwaitsCredentials { get; set; }

    /// <summary>The first are there, unless they came too late: a disk may hang for as long as a request has.</summary>
    /// <exception cref="OperationCanceledException">They did.</exception>
    public void GoOnWithCredentials(CancellationToken end)
    {
        end.ThrowIfCancellationRequested();
        AwaitsCredentials = false;
    }

    /// <summary>Whether somebody still reads the body, although there is an answer, or was one before this one.</summary>
    public bool IsBodyBeingRead => Content is { IsBeingRead: true } || _refused is { IsBeingRead: true };

    /// <summary>Whether a write may have been carried out: its body was handed to a connection, and no refusal came back.</summary>
    public bool MayHaveArrived => Content is { Sent: true };

    /// <summary>Refused is not arrived, even if what follows fails.</summary>
    public void Refuse()
    {
        _refused = Content;
        Content = null;
    }

    /// <summary>No more is sent over the connection, if there is one.</summary>
    public void Leave()
    {
        if (isWatch)
            Channel?.Dispose();
        else
            Channel?.End();
        Channel = null;
    }
}
