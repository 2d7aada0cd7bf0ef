using System.Collections.Frozen;
using System.Text.Json;

namespace LeaseElection.Hosting.Diagnostics;

/// <summary>The members of an enumeration as values of a tag: <c>DeadlinePassed</c> is <c>deadline_passed</c>.</summary>
internal static class TagValue<T>
    where T : struct, Enum
{
    private static readonly FrozenDictionary<T, string> Values =
        Enum.GetValues<T>().ToFrozenDictionary(value => value, value => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()));

    public static IReadOnlyCollection<string> All => Values.Values;

    public static string Of(T value) => Values[value];
}
