using LeaseElection.Hosting;
using LeaseElection.Hosting.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Microsoft.EntityFrameworkCore;

/// <summary>Checks the fence by hand, and tells it of terms that no election is in.</summary>
public static class LeadershipFenceDatabaseFacadeExtensions
{
    /// <summary>
    /// Makes sure that no later term has been in the database, and that no earlier one writes from now on. The first thing that a term
    /// does, before it reads what it builds on. In a transaction it also keeps later terms out until that ends: for what is written past
    /// the context, by other means, call it there, last before the commit.
    /// </summary>
    /// <param name="database">The database of a context that has <c>UseLeadershipFence</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>A task that ends when the database has answered.</returns>
    /// <exception cref="LeadershipLostException">
    /// A later term has been there, or this process does not lead (also with <c>allowOutsideTerm</c>).
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// The context has no fence, its model no table for it, or the term no fencing token.
    /// </exception>
    public static Task EnsureLeadershipAsync(this DatabaseFacade database, CancellationToken cancellationToken = default)
    {
        (DbContext context, FenceCheck check) = Begin(database);
        return context.IsInTransaction()
            ? check.RunAsync(cancellationToken)
            : database.CreateExecutionStrategy().ExecuteAsync(check.RunAsync, cancellationToken);
    }

    /// <inheritdoc cref="EnsureLeadershipAsync"/>
    public static void EnsureLeadership(this DatabaseFacade database)
    {
        (DbContext context, FenceCheck check) = Begin(database);
        if (context.IsInTransaction())
            check.Run();
        else
            database.CreateExecutionStrategy().Execute(check.Run);
    }

    /// <summary>
    /// Says which term a context writes in, where that is none of the fence's election: that of a partition, which
    /// <c>IPartitionedWork</c> is given, or of a lock. The first call on a context, before it reads. It asks nobody:
    /// <see cref="EnsureLeadershipAsync"/> after it does.
    /// </summary>
    /// <param name="database">The database of a context that has <c>UseLeadershipFence</c>.</param>
    /// <param name="term">The term. The context, for as long as it is in use, belongs to no other.</param>
    /// <exception cref="InvalidOperationException">
    /// The context has no fence, or belongs to another term already.
    /// </exception>
    public static void UseLeadershipTerm(this DatabaseFacade database, LeadershipTerm term)
    {
        ArgumentNullException.ThrowIfNull(term);
        (DbContext context, LeadershipFence fence) = FenceOf(database);
        fence.Give(context, term);
    }

    private static (DbContext Context, FenceCheck Check) Begin(DatabaseFacade database)
    {
        (DbContext context, LeadershipFence fence) = FenceOf(database);
        return (context, new FenceCheck(context, fence.TermOf(context) ?? throw Refusal.NotLeading(context, fence.Election)));
    }

    private static (DbContext Context, LeadershipFence Fence) FenceOf(DatabaseFacade database)
    {
        ArgumentNullException.ThrowIfNull(database);
        DbContext context = database.GetService<ICurrentDbContext>().Context;
        return (context, LeadershipFence.In(context.GetService<IDbContextOptions>()) ?? throw Refusal.NoFence(context));
    }
}
