using Microsoft.EntityFrameworkCore;

namespace LeaseElection.Hosting.EntityFrameworkCore;

/// <summary>What the fence remembers of one context, for one use of it: a pool hands the same object to many users in turn.</summary>
internal sealed class FencedContext(DbContextId use)
{
    public DbContextId Use => use;

    /// <summary>The first term that it was used in, which is the only one that it may write in.</summary>
    public LeadershipTerm? Term { get; set; }

    /// <summary>Whether somebody said which that is: one of a partition or of a lock, which no election is in.</summary>
    public bool IsTold { get; set; }

    /// <summary>The transaction that something was written in, which is not to be committed unchecked.</summary>
    public Guid? Written { get; set; }

    /// <summary>A transaction that somebody else has begun, and will commit past us.</summary>
    public Guid? Borrowed { get; set; }

    /// <summary>Whether the check was made already, of a <c>SaveChanges</c> whose transaction is committed past us.</summary>
    public bool IsChecked { get; set; }

    /// <summary>How many a <c>SaveChanges</c> is in: an interceptor of the app may save on its own account while one begins.</summary>
    public int Saves { get; set; }

    /// <summary>Whether a <c>SaveChanges</c> was made to begin a transaction where it would have gone without one.</summary>
    public bool MadeToBegin { get; set; }
}
