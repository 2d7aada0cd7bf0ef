using System.Globalization;

namespace LeaseElection.Hosting.Configuration;

/// <summary>The names of the leases of partitions.</summary>
internal static class PartitionLeaseName
{
    public static string Of(string leaseName, int index) => string.Create(CultureInfo.InvariantCulture, $"{leaseName}-{index}");

    /// <summary>The partition that a lease of this name is of; <see langword="null"/> if it is of none.</summary>
    public static int? IndexOf(string leaseName, string name) =>
        name.Length > leaseName.Length + 1 && name.StartsWith(leaseName, StringComparison.Ordinal) && name[leaseName.Length] == '-'
        && int.TryParse(name.AsSpan(leaseName.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int index)
        && Of(leaseName, index) == name
            ? index : null;
}
