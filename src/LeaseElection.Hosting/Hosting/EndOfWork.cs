namespace LeaseElection.Hosting;

/// <summary>
/// The word that all work of a term has ended. Where the thread pool was starved it may come behind the timer by which work has overrun,
/// and the host would be stopped for work that is no more: so whoever looks sees the end itself, and has the word said at once.
/// </summary>
internal sealed class EndOfWork
{
    private readonly Task _ended;
    private readonly Action _say;
    private int _said;

    /// <param name="ended">Ends with the last piece of work.</param>
    /// <param name="say">Is called once, when it has.</param>
    public EndOfWork(Task ended, Action say)
    {
        (_ended, _say) = (ended, say);
        _ = SayAsync(); // The core awaits it, and starts no other term before.
    }

    /// <summary>Whether it has come: from here on the word is said.</summary>
    public bool HasCome
    {
        get
        {
            if (!_ended.IsCompleted)
                return false;
            Say();
            return true;
        }
    }

    private async Task SayAsync()
    {
        await _ended.ConfigureAwait(false);
        Say();
    }

    private void Say()
    {
        if (Interlocked.Exchange(ref _said, 1) == 0)
            _say();
    }
}
