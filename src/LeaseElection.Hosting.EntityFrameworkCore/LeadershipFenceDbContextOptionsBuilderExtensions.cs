using LeaseElection.Hosting;
using LeaseElection.Hosting.EntityFrameworkCore;

namespace Microsoft.EntityFrameworkCore;

/// <summary>Has the database refuse what a term writes after a later one has begun to write.</summary>
public static class LeadershipFenceDbContextOptionsBuilderExtensions
{
    /// <summary>
    /// Whatever a context writes by <c>SaveChanges</c>, <c>ExecuteUpdate</c>, <c>ExecuteDelete</c> and <c>ExecuteSql</c> is committed only
    /// while no later term of the lease has been in the database: that is checked right before the commit, in the same transaction, and
    /// keeps later terms out until the commit is done. Else <see cref="LeadershipLostException"/> is thrown and nothing is written.
    /// </summary>
    /// <remarks>
    /// The model needs the table of <see cref="LeadershipFenceModelBuilderExtensions.HasLeadershipFence"/>. Begin each term with
    /// <see cref="LeadershipFenceDatabaseFacadeExtensions.EnsureLeadershipAsync"/>, before anything is read that the term builds on: from
    /// then on no earlier term writes. A context belongs to the first term that it was used in, and is refused in any other: make a new one
    /// for each.
    /// </remarks>
    /// <typeparam name="TBuilder">The type of the builder.</typeparam>
    /// <param name="optionsBuilder">The options of the context.</param>
    /// <param name="election">Whose terms may write: <c>services.GetRequiredService&lt;ILeaderElection&gt;()</c>.</param>
    /// <param name="allowOutsideTerm">
    /// What happens while this process does not lead: by default (<see langword="false"/>) every write is refused. With
    /// <see langword="true"/> it is let through unfenced, for contexts that replicas use which do not lead; what a leader that was
    /// superseded and has learned of it writes in a <em>new</em> context is let through as well, so never use that for leader work.
    /// </param>
    /// <returns>The same builder.</returns>
    /// <exception cref="InvalidOperationException">
    /// These options have the fence of another election already, or another <paramref name="allowOutsideTerm"/>.
    /// </exception>
    public static TBuilder UseLeadershipFence<TBuilder>(
        this TBuilder optionsBuilder, ILeaderElection election, bool allowOutsideTerm = false)
        where TBuilder : DbContextOptionsBuilder
    {
        ArgumentNullException.ThrowIfNull(election);
        return Add(optionsBuilder, election, allowOutsideTerm);
    }

    /// <summary>
    /// The same for terms that no election of the host is in: those of partitions, and of locks. Each context is told its own by
    /// <see cref="LeadershipFenceDatabaseFacadeExtensions.UseLeadershipTerm"/>, and writes nothing before that.
    /// </summary>
    /// <inheritdoc cref="UseLeadershipFence{TBuilder}(TBuilder, ILeaderElection, bool)"/>
    public static TBuilder UseLeadershipFence<TBuilder>(this TBuilder optionsBuilder)
        where TBuilder : DbContextOptionsBuilder => Add(optionsBuilder, election: null, allowOutsideTerm: false);

    private static TBuilder Add<TBuilder>(TBuilder optionsBuilder, ILeaderElection? election, bool allowOutsideTerm)
        where TBuilder : DbContextOptionsBuilder
    {
        ArgumentNullException.ThrowIfNull(optionsBuilder);
        if (LeadershipFence.In(optionsBuilder.Options) is { } present)
        {
            return present.Election == election && present.AllowOutsideTerm == allowOutsideTerm
                ? optionsBuilder
                : throw new InvalidOperationException(
                    $"UseLeadershipFence was called twice for {optionsBuilder.Options.ContextType.Name}, with different arguments. What "
                    + "two elections protect belongs into two contexts.");
        }

        var fence = new LeadershipFence(election, allowOutsideTerm);
        optionsBuilder.AddInterceptors(new SaveChangesFence(fence), new CommandFence(fence), new TransactionFence(fence));
        return optionsBuilder;
    }
}
