namespace LeaseElection.Testing;

/// <summary>Waits for tokens: a term's fires on a thread of the library's own, and so a moment after whatever made it fire.</summary>
public static class CancellationTokenWaits
{
    /// <summary>Ends when the token has fired.</summary>
    public static async Task FiredAsync(this CancellationToken token)
    {
        var fired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = token.UnsafeRegister(_ => fired.TrySetResult(), null);
        await fired.Task.WaitAsync(Signal.Patience, CancellationToken.None);
    }
}
