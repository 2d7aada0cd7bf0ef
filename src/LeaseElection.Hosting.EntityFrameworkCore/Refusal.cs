using System.Globalization;
using Microsoft.EntityFrameworkCore;

namespace LeaseElection.Hosting.EntityFrameworkCore;

/// <summary>What a write is refused with. Each says whether anything was written, and what to do.</summary>
internal static class Refusal
{
    public static LeadershipLostException NotLeading(DbContext context, ILeaderElection? election) => new(election is null
        ? $"{NameOf(context)} was told no term, so nothing was written: call Database.UseLeadershipTerm(term) first, with the term that "
            + "the work, or the lock, was given."
        : $"{NameOf(context)} may write only while this process leads {LeaseOf(election)}, and it does not: nothing was written. Write "
            + "from the leader's work; in partitioned work, and under a lock, call Database.UseLeadershipTerm(term) first; a context that "
            + "other replicas write with as well wants no UseLeadershipFence, or allowOutsideTerm: true.");

    public static LeadershipLostException Over(DbContext context, LeadershipTerm term, ILeaderElection? election) => new(
        $"{NameOf(context)} belongs to a term of {term.Identity} for lease {term.LeaseNamespace}/{term.LeaseName} that is over: nothing "
        + "was written."
        + (election is { IsLeader: true }
            ? " This process leads again: make a new context for each term, because what this one has read may be of before."
            : ""));

    public static LeadershipLostException Superseded(DbContext context, LeadershipTerm term, object? seen, string reset) => new(
        $"{NameOf(context)}: nothing was written. The database has seen fencing token {Digits(seen)} of lease "
        + $"{term.LeaseNamespace}/{term.LeaseName}, and the term of {term.Identity} has {term.FencingToken}: a later leader has written. "
        + "If there was none, because the cluster was restored or is another one and its numbers began anew, stop all replicas and run: "
        + string.Format(CultureInfo.InvariantCulture, reset, Quoted(term.LeaseNamespace), Quoted(term.LeaseName)));

    public static InvalidOperationException NoToken(DbContext context, InvalidOperationException exception) =>
        new($"{NameOf(context)} cannot be fenced, so nothing was written. {exception.Message}", exception);

    public static InvalidOperationException OtherTerm(DbContext context, LeadershipTerm present, LeadershipTerm other) => new(
        $"{NameOf(context)} belongs to a term of lease {present.LeaseNamespace}/{present.LeaseName} already, and cannot belong to one of "
        + $"{other.LeaseNamespace}/{other.LeaseName} too: make a new context for each term, and call UseLeadershipTerm before anything "
        + "else.");

    public static InvalidOperationException NoTable(DbContext context) => new(
        $"UseLeadershipFence finds no table for the fencing token in the model of {NameOf(context)}: call "
        + "modelBuilder.HasLeadershipFence() in its OnModelCreating, and add a migration.");

    public static InvalidOperationException NotRelational(DbContext context) => new(
        $"{NameOf(context)} cannot be fenced, so nothing was written: its database ({context.Database.ProviderName}) is not relational, "
        + "and the fence is a row that the database checks. In tests use SQLite, which has one in memory too, "
        + "or leave UseLeadershipFence out.");

    public static InvalidOperationException NoFence(DbContext context) => new(
        $"{NameOf(context)} has no fence: call UseLeadershipFence where its options are built.");

    public static InvalidOperationException NoTransaction(DbContext context) => new(
        $"{NameOf(context)} has AutoTransactionBehavior.Never, and nothing was written: a fence checks the transaction that it stands in. "
        + "Begin one (Database.BeginTransaction), or use AutoTransactionBehavior.WhenNeeded.");

    private static string NameOf(DbContext context) => context.GetType().Name;

    private static string LeaseOf(ILeaderElection election) =>
        election.LeaseName.Length > 0 ? $"lease {election.LeaseNamespace}/{election.LeaseName}" : "its lease";

    /// <summary>As text it has zeros in front.</summary>
    private static string Digits(object? seen) => string.Create(CultureInfo.InvariantCulture, $"{seen}").TrimStart('0');

    private static string Quoted(string name) => name.Replace("'", "''", StringComparison.Ordinal);
}
