namespace LeaseElection.Hosting.Testing.Api;

/// <summary>Tells whoever waits that something has changed, so that he looks again.</summary>
internal sealed class Pulse
{
    /// <summary>When nothing has happened for so long, in real time, everybody waits for the clock of the test.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(50);

    private TaskCompletionSource _next = New();

    /// <summary>Take it before the look: a change after it is then not missed.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    public void Beat() => Interlocked.Exchange(ref _next, New()).SetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
