using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace LeaseElection.Hosting.EntityFrameworkCore;

/// <summary>Which transaction a context is in.</summary>
internal static class FencedTransactions
{
    public static bool IsInTransaction(this DbContext context) =>
        context.Database.CurrentTransaction is not null || context.IsInTransactionOfSystem();

    /// <summary>
    /// One that <c>System.Transactions</c> commits. That there is one tells nothing: a connection with <c>Enlist=false</c> takes no part in
    /// it, and its statements would be committed one by one.
    /// </summary>
    public static bool IsInTransactionOfSystem(this DbContext context) =>
        context.GetService<IRelationalConnection>() is ITransactionEnlistmentManager connection
        && (connection.EnlistedTransaction ?? connection.CurrentAmbientTransaction) is not null;
}
