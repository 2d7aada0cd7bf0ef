using System.Globalization;

namespace LeaseElection.Hosting.Leases;

/// <summary>The order of versions that one API server gives to objects of one kind: whole numbers that grow (KEP-5504).</summary>
internal static class ResourceVersion
{
    /// <returns>Above zero when <paramref name="one"/> is newer; <see langword="null"/> when nobody knows.</returns>
    public static int? Compare(string one, string other)
    {
        if (one == other)
            return 0;
        return TryNumber(one, out UInt128 first) && TryNumber(other, out UInt128 second) ? first.CompareTo(second) : null;
    }

    /// <summary>Where it stands in that order; of what is no number nobody knows.</summary>
    public static bool TryNumber(string? version, out UInt128 number) =>
        UInt128.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
