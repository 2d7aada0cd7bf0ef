using System.Security.Cryptography;
using System.Text;

namespace LeaseElection.Hosting.Configuration;

/// <summary>The names of the leases by which members show that they are here.</summary>
internal static class MemberLeaseName
{
    private const int MaxLength = 253;
    private const int HashDigits = 10;

    /// <summary>The name of the election's lease, cut where it is too long, with a hash of the identity behind it.</summary>
    public static string Of(string leaseName, string identity) =>
        Prefix(leaseName) + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)))[..HashDigits];

    /// <summary>
    /// Whether a lease of this name may be that of a member. Those of partitions are shorter, and the election's own is too.
    /// </summary>
    public static bool IsOne(string leaseName, string name)
    {
        string prefix = Prefix(leaseName);
        return name.Length == prefix.Length + HashDigits && name.StartsWith(prefix, StringComparison.Ordinal)
            && name[prefix.Length..].All(char.IsAsciiHexDigitLower);
    }

    private static string Prefix(string leaseName)
    {
        const int Most = MaxLength - HashDigits - 1;
        return (leaseName.Length > Most ? leaseName[..Most].TrimEnd('.', '-') : leaseName) + "-";
    }
}
