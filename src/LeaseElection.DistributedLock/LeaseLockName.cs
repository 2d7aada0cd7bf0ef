using System.Security.Cryptography;
using System.Text;
using LeaseElection.Hosting.Configuration;

namespace LeaseElection.DistributedLock;

/// <summary>What the Lease of a lock is called: any text is the name of a lock, few are those of Kubernetes objects.</summary>
internal static class LeaseLockName
{
    /// <summary>128 bits of a SHA-256: names may be made of what strangers typed, who shall not find two for one Lease.</summary>
    private const int HashLength = 32;

    /// <summary>With its hash the name then is a legal value of a label too, and fits into a column of <c>kubectl get lease</c>.</summary>
    private const int LongestReadable = 63 - 1 - HashLength;

    /// <summary>
    /// The name itself if an object can bear it, so that the lock and whoever else competes for that Lease (an election, a client in
    /// another language) exclude each other. Else what can be read of it, and a hash, by which names that read alike differ.
    /// </summary>
    public static string Of(string name) => KubernetesName.IsSubdomain(name) ? name : Readable(name) + "-" + Hash(name);

    private static string Readable(string name)
    {
        string legal = string.Concat(name.Take(LongestReadable).Select(
            letter => char.IsAsciiLetterOrDigit(letter) ? char.ToLowerInvariant(letter) : '-')).Trim('-');
        return legal.Length > 0 ? legal : "lock";
    }

    private static string Hash(string name) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..HashLength];
}
