using System.Transactions;
using Microsoft.EntityFrameworkCore;

namespace LeaseElection.Hosting.EntityFrameworkCore;

/// <summary>Which transaction a context is in.</summary>
internal static class FencedTransactions
{
    public static bool IsInTransaction(this DbContext context) =>
        context.Database.CurrentTransaction is not null || context.IsInTransactionOfSystem();

    /// <summary>One that <c>System.Transactions</c> commits.</summary>
    public static bool IsInTransactionOfSystem(this DbContext context) =>
        context.Database.GetEnlistedTransaction() is not null || Transaction.Current is not null;
}
