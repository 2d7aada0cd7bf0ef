using System.Globalization;

namespace LeaseElection.Hosting.EntityFrameworkCore;

/// <summary>What the table is made of. Migrations of users carry these names: they never change.</summary>
internal static class FenceTable
{
    public const string Entity = "LeadershipFence";

    public const string LeaseNamespace = nameof(LeaseNamespace);

    public const string LeaseName = nameof(LeaseName);

    public const string Token = nameof(Token);

    /// <summary>Of the greatest number of 128 bits.</summary>
    public const int Digits = 39;

    /// <summary>The token as text that a database orders as it orders numbers.</summary>
    public static string Text(FencingToken token) => token.Value.ToString("D" + Digits, CultureInfo.InvariantCulture);
}
