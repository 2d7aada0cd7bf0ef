using System.Globalization;
using System.Text.Json.Nodes;
using LeaseElection.Hosting.Leases.Files;

namespace LeaseElection.Testing.Leases;

/// <summary>A lease in a file as somebody edits it who stands for nothing.</summary>
internal static class EditedLeaseFile
{
    /// <summary>
    /// Edits it under its own lock: a renewal that has read the lease and not yet written it would otherwise put the edit out.
    /// </summary>
    /// <param name="directory">Of the store.</param>
    /// <param name="leaseNamespace">The lease's namespace.</param>
    /// <param name="leaseName">Its name; it must be there.</param>
    /// <param name="edit">Changes what is then written as the next version.</param>
    public static async Task EditAsync(string directory, string leaseNamespace, string leaseName, Action<JsonNode> edit)
    {
        var paths = new LeasePaths(directory, leaseNamespace, leaseName);
        using var patience = new CancellationTokenSource(Signal.Patience);
        using FileLock taken = await FileLock.TakeAsync(paths.Lock, TimeProvider.System, patience.Token);
        JsonNode lease = JsonNode.Parse(await File.ReadAllTextAsync(paths.Lease, patience.Token))!;
        var version = UInt128.Parse((string)lease["metadata"]!["resourceVersion"]!, CultureInfo.InvariantCulture);
        lease["metadata"]!["resourceVersion"] = (version + 1).ToString(CultureInfo.InvariantCulture);
        edit(lease);
        string edited = paths.Lease + ".edited";
        await File.WriteAllTextAsync(edited, lease.ToJsonString(), patience.Token);
        File.Move(edited, paths.Lease, overwrite: true);
    }
}
