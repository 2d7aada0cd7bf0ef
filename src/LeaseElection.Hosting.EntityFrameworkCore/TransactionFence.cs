using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace LeaseElection.Hosting.EntityFrameworkCore;

/// <summary>
/// Checks right before the commit: the later, the less can happen between the check and the end of the transaction, during which later
/// terms wait. A process that is paused anywhere before comes too late; one that is paused in between has its successor wait.
/// </summary>
internal sealed class TransactionFence(LeadershipFence fence) : IDbTransactionInterceptor
{
    public InterceptionResult TransactionCommitting(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result)
    {
        if (CheckOf(eventData) is { } check)
        {
            check.Run();
            _ = fence.TermOf(eventData.Context!); // Costs nothing, and is worth the more the later it is asked.
        }

        return result;
    }

    public async ValueTask<InterceptionResult> TransactionCommittingAsync(
        DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        if (CheckOf(eventData) is { } check)
        {
            await check.RunAsync(cancellationToken).ConfigureAwait(false);
            _ = fence.TermOf(eventData.Context!);
        }

        return result;
    }

    public DbTransaction TransactionUsed(DbConnection connection, TransactionEventData eventData, DbTransaction result)
    {
        if (eventData.Context is { } context)
            fence.Of(context).Borrowed = eventData.TransactionId;
        return result;
    }

    public ValueTask<DbTransaction> TransactionUsedAsync(
        DbConnection connection, TransactionEventData eventData, DbTransaction result, CancellationToken cancellationToken = default) =>
        new(TransactionUsed(connection, eventData, result));

    /// <summary>Not forgotten when the check has failed: who commits once more is refused once more.</summary>
    private FenceCheck? CheckOf(TransactionEventData eventData) =>
        eventData.Context is { } context && fence.Of(context) is { Term: { } term } known && known.Written == eventData.TransactionId
            ? new FenceCheck(context, term)
            : null;
}
