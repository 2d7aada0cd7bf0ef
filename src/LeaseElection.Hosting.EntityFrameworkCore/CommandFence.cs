using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage;

namespace LeaseElection.Hosting.EntityFrameworkCore;

/// <summary>
/// Sees what a context writes, and marks its transaction as one to check before the commit. What will be committed past us (a transaction
/// that somebody else has begun, or one of <c>System.Transactions</c>) is checked at once, before anything is written; a statement
/// that has no transaction is given one.
/// </summary>
internal sealed class CommandFence(LeadershipFence fence) : IDbCommandInterceptor
{
    private enum Act
    {
        LetPass,
        Check,
        Enclose,
    }

    public InterceptionResult<DbDataReader> ReaderExecuting(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result)
    {
        if (CheckOfSaveChanges(eventData, result) is { } check)
            check.Run();
        return result;
    }

    public async ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command,
        CommandEventData eventData,
        InterceptionResult<DbDataReader> result,
        CancellationToken cancellationToken = default)
    {
        if (CheckOfSaveChanges(eventData, result) is { } check)
            await check.RunAsync(cancellationToken).ConfigureAwait(false);
        return result;
    }

    public InterceptionResult<int> NonQueryExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<int> result)
    {
        (Act act, LeadershipTerm? term) = Decide(eventData, result.HasResult);
        if (act == Act.LetPass)
            return result;
        DbContext context = eventData.Context!;
        if (act == Act.Check)
        {
            new FenceCheck(context, term!).Run();
            return result;
        }

        using IDbContextTransaction transaction = context.Database.BeginTransaction();
        command.Transaction = transaction.GetDbTransaction();
        int rows = command.ExecuteNonQuery();
        fence.Of(context).Written = transaction.TransactionId;
        transaction.Commit();
        return InterceptionResult<int>.SuppressWithResult(rows);
    }

    public async ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        (Act act, LeadershipTerm? term) = Decide(eventData, result.HasResult);
        if (act == Act.LetPass)
            return result;
        DbContext context = eventData.Context!;
        if (act == Act.Check)
        {
            await new FenceCheck(context, term!).RunAsync(cancellationToken).ConfigureAwait(false);
            return result;
        }

        IDbContextTransaction transaction = await context.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            command.Transaction = transaction.GetDbTransaction();
            int rows = await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            fence.Of(context).Written = transaction.TransactionId;
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            return InterceptionResult<int>.SuppressWithResult(rows);
        }
    }

    /// <summary>Whatever else reads rows is a query.</summary>
    private FenceCheck? CheckOfSaveChanges(CommandEventData eventData, InterceptionResult<DbDataReader> result) =>
        Decide(eventData, result.HasResult) switch
        {
            (Act.Check, { } term) => new FenceCheck(eventData.Context!, term),
            (Act.Enclose, _) => throw Refusal.NoTransaction(eventData.Context!),
            _ => null,
        };

    private (Act Act, LeadershipTerm? Term) Decide(CommandEventData eventData, bool isSuppressed)
    {
        if (isSuppressed || eventData.Context is not { } context)
            return default;
        FencedContext known = fence.Of(context); // Also for a query: what it finds is of the term that it was asked in.
        bool isSaveChanges = eventData.CommandSource is CommandSource.SaveChanges;
        bool writes = isSaveChanges
            || eventData.CommandSource is CommandSource.ExecuteUpdate or CommandSource.ExecuteDelete or CommandSource.ExecuteSqlRaw;
        if (!writes || fence.TermOf(context) is not { } term)
            return default;
        if (context.Database.CurrentTransaction is { } transaction && transaction.TransactionId != known.Borrowed)
        {
            known.Written = transaction.TransactionId;
            return default;
        }

        if (!context.IsInTransaction())
            return (Act.Enclose, term);
        if (isSaveChanges && known.IsChecked)
            return default;
        known.IsChecked = isSaveChanges;
        return (Act.Check, term);
    }
}
