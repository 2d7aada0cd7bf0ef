using System.Globalization;
using LeaseElection.Hosting;

namespace LeaseElection.Testing.Journal;

/// <summary>One line of a journal of work: what the work of which term did, and when.</summary>
/// <param name="Kind">One of the constants here.</param>
/// <param name="At">A timestamp of <see cref="TimeProvider.System"/>, whose clock all processes of the machine share.</param>
/// <param name="Identity">Whose work.</param>
/// <param name="Token">The fencing token of the term.</param>
public sealed record WorkLine(string Kind, long At, string Identity, FencingToken Token)
{
    public const string Start = "start";
    public const string End = "end";

    /// <summary>Something that a leader did.</summary>
    public const string Act = "act";

    /// <summary>Work was told to stop.</summary>
    public const string Told = "told";

    /// <summary>Work is about to ask whether its term is held; if it is, the next line is an act.</summary>
    public const string Look = "look";

    private static readonly string[] Kinds = [Start, End, Act, Told, Look];

    public static WorkLine Of(string kind, LeadershipTerm term) =>
        new(kind, TimeProvider.System.GetTimestamp(), term.Identity, term.FencingToken);

    /// <summary>The line of a text; <see langword="null"/> for one that is none.</summary>
    public static WorkLine? Parse(string text) =>
        text.Split(' ') is [string kind, string ticks, string identity, string number]
            && Kinds.Contains(kind)
            && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out long at)
            && FencingToken.TryParse(number, out FencingToken token)
            ? new WorkLine(kind, at, identity, token)
            : null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Kind} {At} {Identity} {Token}");
}
