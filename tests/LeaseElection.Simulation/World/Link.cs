using LeaseElection.Hosting.Leases;

namespace LeaseElection.Simulation;

/// <summary>What the network, and the API server as seen from one machine, is like at the moment.</summary>
internal sealed class Link
{
    /// <summary>Nothing gets through in either direction, and nobody is told: packets are dropped.</summary>
    public bool IsCut { get; set; }

    /// <summary>Connections are refused or reset at once.</summary>
    public bool IsRefused { get; set; }

    /// <summary>How many of the next writes commit and lose their reply to a reset connection.</summary>
    public int LostReplies { get; set; }

    /// <summary>How many of the next requests are delivered twice.</summary>
    public int Replays { get; set; }

    /// <summary>How much longer a request takes to arrive.</summary>
    public TimeSpan SlowRequest { get; set; }

    /// <summary>How much longer a reply takes to return.</summary>
    public TimeSpan SlowReply { get; set; }

    /// <summary>How long the server sits on a write before it commits, whatever timeout it was given.</summary>
    public TimeSpan LateCommit { get; set; }

    /// <summary>What every request is answered with.</summary>
    public LeaseStoreError? Answer { get; set; }

    /// <summary>Whether a write that is answered with <see cref="Answer"/> commits all the same, as a 500 or a 504 may.</summary>
    public bool AnswerCommits { get; set; }

    /// <summary>Why no watch can be opened.</summary>
    public LeaseStoreError? WatchAnswer { get; set; }

    /// <summary>Whether watches stay open and tell nothing: those there are, and those that are opened.</summary>
    public bool WatchesAreSilent { get; set; }

    /// <summary>
    /// How many changes behind a read may be: a cache on the way, which the API server never is for us. Nothing but safety is promised.
    /// </summary>
    public int StaleReads { get; set; }

    /// <summary>How far watches are behind.</summary>
    public TimeSpan WatchLag { get; set; }

    /// <summary>How long a watch lives before the server closes it; zero: as long as usual.</summary>
    public TimeSpan WatchLife { get; set; }

    /// <summary>How many changes before the one asked for a new watch tells once more.</summary>
    public int WatchRewinds { get; set; }

    /// <summary>All is well again. What was lost or silenced stays so.</summary>
    public void Heal()
    {
        IsCut = IsRefused = AnswerCommits = WatchesAreSilent = false;
        LostReplies = Replays = WatchRewinds = StaleReads = 0;
        SlowRequest = SlowReply = LateCommit = WatchLag = WatchLife = TimeSpan.Zero;
        Answer = WatchAnswer = null;
    }
}
