using Microsoft.CodeAnalysis;

namespace LeaseElection.Hosting.Analyzers;

/// <summary>What is told. Ids are never used again for something else.</summary>
internal static class Rules
{
    public static readonly DiagnosticDescriptor CheckedThenAwaited = Rule(
        "LE0001",
        "Leadership is checked, then awaited past",
        "'{0}' runs after an await, in which the leadership that '{1}' showed may have ended: check again right before it",
        "What was true before an await may have ended in it, and another process may lead. Check again right before an act that only "
        + "the leader may do, hand the act the term's token (stoppingToken, term.Lost), or have the resource check the fencing token.");

    public static readonly DiagnosticDescriptor TokenUnheard = Rule(
        "LE0002",
        "Leader work cannot be told to stop",
        "The work never looks at '{0}': it goes on when its term ends, beside the next leader's, and holds up every hand-over",
        "Work is told by its token to stop: when leadership is lost, and when it is given up. IsHeld and ThrowIfLost() do not replace it: "
        + "on a graceful stop the term is held until the work has returned.");

    public static readonly DiagnosticDescriptor RegisteredTwice = Rule(
        "LE0003",
        "A leader-only service is an ordinary one too",
        "'{0}' is leader-only, and this registration would run it on every replica, so the host refuses to start: remove one of the two",
        "AddLeaderElection().AddHostedService<T>() replaces services.AddHostedService<T>(). With both it would run everywhere.",
        WellKnownDiagnosticTags.CompilationEnd);

    private static DiagnosticDescriptor Rule(string id, string title, string message, string description, params string[] tags) => new(
        id, title, message, "LeaderElection", DiagnosticSeverity.Warning, isEnabledByDefault: true, description,
        "https://github.com/leaseelection/LeaseElection.Hosting/blob/main/src/LeaseElection.Hosting/docs/analyzers.md#"
            + id.ToLowerInvariant(),
        tags);
}
