using System.Globalization;

namespace LeaseElection.Sidecar.Tests.HandOver;

/// <summary>What one command wrote.</summary>
/// <param name="Kind"><c>start</c>, <c>end</c>, or <c>overlap</c>: another one held the lock.</param>
/// <param name="At">Seconds by the wall clock: for figures, no check is made of it.</param>
/// <param name="Identity">Whose command.</param>
/// <param name="Token">Of which term.</param>
internal sealed record JournalLine(string Kind, double At, string Identity, FencingToken Token)
{
    public static JournalLine Parse(string text) =>
        text.Split(' ') is [string kind, string at, string identity, string number] && FencingToken.TryParse(number, out FencingToken token)
            ? new JournalLine(kind, double.Parse(at, CultureInfo.InvariantCulture), identity, token)
            : throw new FormatException($"No line of a journal: {text}");
}
