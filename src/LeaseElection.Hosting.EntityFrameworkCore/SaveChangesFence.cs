using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace LeaseElection.Hosting.EntityFrameworkCore;

/// <summary>
/// Refuses a <c>SaveChanges</c> before it begins, where that can be told; else sees to it that there is a transaction to check.
/// </summary>
internal sealed class SaveChangesFence(LeadershipFence fence) : ISaveChangesInterceptor
{
    public LeadershipFence Fence => fence;

    public InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        if (eventData.Context is not { } context)
            return result;
        if (!result.HasResult)
            Begin(context);
        fence.Of(context).Saves++; // Not if it was refused: then its end is not told either.
        return result;
    }

    public ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default) =>
        new(SavingChanges(eventData, result));

    public int SavedChanges(SaveChangesCompletedEventData eventData, int result)
    {
        End(eventData.Context);
        return result;
    }

    public ValueTask<int> SavedChangesAsync(
        SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default) =>
        new(SavedChanges(eventData, result));

    public void SaveChangesFailed(DbContextErrorEventData eventData) => End(eventData.Context);

    public Task SaveChangesFailedAsync(DbContextErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        End(eventData.Context);
        return Task.CompletedTask;
    }

    public void SaveChangesCanceled(DbContextEventData eventData) => End(eventData.Context);

    public Task SaveChangesCanceledAsync(DbContextEventData eventData, CancellationToken cancellationToken = default)
    {
        End(eventData.Context);
        return Task.CompletedTask;
    }

    private void Begin(DbContext context)
    {
        LeadershipTerm? term;
        try
        {
            term = fence.TermOf(context);
            if (term is not null)
                _ = FenceStatements.For(context);
        }
        catch (Exception) when (!context.ChangeTracker.HasChanges())
        {
            return; // What writes nothing needs no leader.
        }

        FencedContext known = fence.Of(context);
        known.IsChecked = false;
        if (term is null || context.IsInTransaction())
            return;
        switch (context.Database.AutoTransactionBehavior)
        {
            // A single statement goes without a transaction: there would be no commit to check before.
            case AutoTransactionBehavior.WhenNeeded:
                context.Database.AutoTransactionBehavior = AutoTransactionBehavior.Always;
                known.MadeToBegin = true;
                break;
            case AutoTransactionBehavior.Never when context.ChangeTracker.HasChanges():
                throw Refusal.NoTransaction(context);
            default:
                break;
        }
    }

    private void End(DbContext? context)
    {
        if (context is null)
            return;
        FencedContext known = fence.Of(context);
        known.Saves = Math.Max(0, known.Saves - 1);
        if (known.Saves > 0 || !known.MadeToBegin)
            return;
        known.MadeToBegin = false;
        context.Database.AutoTransactionBehavior = AutoTransactionBehavior.WhenNeeded;
    }
}
