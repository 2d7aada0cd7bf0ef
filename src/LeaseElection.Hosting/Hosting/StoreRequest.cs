using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting;

/// <summary>
/// One request, which is sent once and answered once: by a thread of the pool, or where that has none by whoever comes first instead.
/// </summary>
/// <param name="send">Sends it on the pool.</param>
/// <param name="sendHere">Sends it on the calling thread; <see langword="null"/> where nobody can.</param>
/// <param name="isWrite">Whether it may change the lease.</param>
/// <param name="asked">When the core asked for it, on the monotonic clock.</param>
/// <param name="timeout">How long it may take.</param>
internal sealed class StoreRequest(
    Func<Task<LeaseReply>> send, Func<TimeSpan, LeaseReply>? sendHere, bool isWrite, TimeSpan asked, TimeSpan timeout)
{
    private const int Asked = 0, Begun = 1, Answered = 2;

    private int _stage;

    public bool IsWrite => isWrite;

    /// <summary>
    /// Whether it waits for a thread for longer than it has to, or its reply may. One whose time is over needs no patience here: what of it
    /// is left until <see cref="Rescue"/> gives it up is time to find out about the pool in, and a short term has none to lose.
    /// </summary>
    public bool IsStuck(TimeSpan now, TimeSpan patience) => sendHere is not null && Volatile.Read(ref _stage) switch
    {
        Asked => now - asked > patience,
        Begun => now - asked > timeout,
        _ => false,
    };

    /// <summary>It is sent now, by the caller and by nobody else.</summary>
    /// <returns>Whether nobody has sent it before.</returns>
    public bool TryBegin() => Interlocked.CompareExchange(ref _stage, Begun, Asked) == Asked;

    /// <summary>What is known of it from here on is the caller's to say.</summary>
    /// <returns>Whether nobody has answered it before.</returns>
    public bool TryAnswer() => Interlocked.Exchange(ref _stage, Answered) != Answered;

    public Task<LeaseReply> SendAsync() => send();

    /// <summary>What the pool has no thread for, done here.</summary>
    /// <returns>What came of it; <see langword="null"/> where there is nothing to do yet.</returns>
    public LeaseReply? Rescue(TimeSpan now, TimeSpan patience)
    {
        if (sendHere is null)
            return null;
        if (TryBegin())
        {
            TimeSpan left = timeout - (now - asked);
            return left > TimeSpan.Zero ? sendHere(left) : new LeaseReply.Failed(TooLate("was never sent"));
        }

        if (Volatile.Read(ref _stage) != Begun || !IsOverdue(now, patience))
            return null;
        LeaseStoreError error = TooLate("was sent, and nobody knows what came of it");
        return isWrite ? new LeaseReply.Unknown(error) : new LeaseReply.Failed(error);
    }

    private bool IsOverdue(TimeSpan now, TimeSpan patience) => now - asked > timeout + patience;

    private static LeaseStoreError TooLate(string what) => new(
        LeaseStoreErrorKind.Timeout,
        $"The request {what}: the thread pool of this process has no thread. Find out what blocks its threads.");
}
