namespace LeaseElection.Hosting.Tests.Fuzz.Strange;

/// <summary>Words for what the generators ask of chance.</summary>
internal static class Chance
{
    public static bool OneIn(this Random random, int times) => random.Next(times) == 0;

    public static T Of<T>(this Random random, params ReadOnlySpan<T> choices) => choices[random.Next(choices.Length)];
}
