using System.Security.Cryptography;
using System.Text;

namespace LeaseElection.Hosting.Leases;

/// <summary>The value of the label by which the leases of one election's members and partitions are found.</summary>
internal static class LeaseGroupName
{
    public const string Label = "leaseelection.dev/group";

    /// <summary>A label's value has at most so many characters; a lease's name may have 253.</summary>
    private const int MaxLength = 63;

    private const int HashDigits = 8;

    /// <summary>The name itself, which is a legal value but for its length; a long one cut, with a hash of the whole behind it.</summary>
    public static string Of(string leaseName)
    {
        if (leaseName.Length <= MaxLength)
            return leaseName;
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(leaseName)))[..HashDigits];
        return $"{leaseName[..(MaxLength - HashDigits - 1)].TrimEnd('.', '-')}-{hash}";
    }
}
