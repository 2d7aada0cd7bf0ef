using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace LeaseElection.Hosting.EntityFrameworkCore.Tests.Ledgers;

/// <summary>Fails the first commit, as a connection does that breaks: the transaction is rolled back.</summary>
internal sealed class FaultOnce(Func<Task>? meanwhile = null) : DbTransactionInterceptor
{
    public int Thrown { get; private set; }

    public override InterceptionResult TransactionCommitting(
        DbTransaction transaction, TransactionEventData eventData, InterceptionResult result)
    {
        if (Thrown == 0)
        {
            Thrown++;
            transaction.Rollback();
            throw new BrokenConnectionException();
        }

        return result;
    }

    public override async ValueTask<InterceptionResult> TransactionCommittingAsync(
        DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        if (Thrown == 0)
        {
            Thrown++;
            await transaction.RollbackAsync(cancellationToken);
            await (meanwhile?.Invoke() ?? Task.CompletedTask);
            throw new BrokenConnectionException();
        }

        return result;
    }
}
