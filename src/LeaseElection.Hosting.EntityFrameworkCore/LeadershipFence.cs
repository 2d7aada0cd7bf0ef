using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace LeaseElection.Hosting.EntityFrameworkCore;

/// <summary>The fence of contexts that have the same options: whose terms may write, and what each context has done so far.</summary>
internal sealed class LeadershipFence(ILeaderElection? election, bool allowOutsideTerm)
{
    private readonly ConditionalWeakTable<DbContext, FencedContext> _contexts = [];

    /// <summary>Whose terms they are; <see langword="null"/> where each context is told its term.</summary>
    public ILeaderElection? Election => election;

    public bool AllowOutsideTerm => allowOutsideTerm;

    public static LeadershipFence? In(IDbContextOptions options) =>
        options.FindExtension<CoreOptionsExtension>()?.Interceptors?.OfType<SaveChangesFence>().FirstOrDefault()?.Fence;

    /// <summary>
    /// What is remembered of the present use of a context. It belongs to the term that this process is in, if it belongs to none yet.
    /// </summary>
    public FencedContext Of(DbContext context)
    {
        FencedContext known = UseOf(context);
        known.Term ??= election?.Term;
        return known;
    }

    /// <summary>Has a context belong to a term that the election, if there is one, knows nothing of.</summary>
    /// <exception cref="InvalidOperationException">It belongs to another one already.</exception>
    public void Give(DbContext context, LeadershipTerm term)
    {
        FencedContext known = UseOf(context);
        if (known.Term is { } present && present != term)
            throw Refusal.OtherTerm(context, present, term);
        known.Term = term;
        known.IsTold = true;
    }

    /// <summary>The term that a context may write in; <see langword="null"/> where it may write without one.</summary>
    /// <exception cref="LeadershipLostException">There is none, or that of the context is over.</exception>
    /// <exception cref="InvalidOperationException">It has no token.</exception>
    public LeadershipTerm? TermOf(DbContext context)
    {
        FencedContext known = Of(context);
        if (known.Term is not { } term)
            return allowOutsideTerm ? null : throw Refusal.NotLeading(context, election);
        if (!term.IsHeld || (!known.IsTold && term != election?.Term))
            throw Refusal.Over(context, term, election);
        try
        {
            _ = term.FencingToken;
        }
        catch (InvalidOperationException exception)
        {
            throw Refusal.NoToken(context, exception);
        }

        return term;
    }

    private FencedContext UseOf(DbContext context)
    {
        if (!_contexts.TryGetValue(context, out FencedContext? known) || known.Use != context.ContextId)
            _contexts.AddOrUpdate(context, known = new FencedContext(context.ContextId));
        return known;
    }
}
