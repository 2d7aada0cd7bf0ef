namespace LeaseElection.Hosting.Leases.Files;

/// <summary>
/// Where the files of one lease are: a folder of its own, <c>{directory}/{namespace}/{name}</c>. A lease name may be 253 characters
/// long, which with any suffix would be too long for a file name, and a watch on a shared folder would wake every election in it.
/// </summary>
internal sealed class LeasePaths(string directory, string leaseNamespace, string leaseName)
{
    private const UnixFileMode UserOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public const string LeaseFileName = "lease.json";

    public string LeaseNamespace { get; } = leaseNamespace;

    public string LeaseName { get; } = leaseName;

    public string Folder { get; } = Path.GetFullPath(Path.Combine(directory, leaseNamespace, leaseName));

    /// <summary>The lease itself. Only ever replaced as a whole, by a rename, so that nobody reads half of it.</summary>
    public string Lease => Path.Combine(Folder, LeaseFileName);

    /// <summary>
    /// What will be renamed to <see cref="Lease"/>. One fixed name: only who has <see cref="Lock"/> writes here, and what a killed
    /// process left behind is simply overwritten by the next.
    /// </summary>
    public string Temporary => Path.Combine(Folder, LeaseFileName + ".tmp");

    /// <summary>Locked while the lease is compared and swapped. Never deleted: a second file of that name would be a second lock.</summary>
    public string Lock => Path.Combine(Folder, "lease.lock");

    /// <summary>Makes the folder where it is missing. A folder that exists keeps its rights: sharing it is its owner's choice.</summary>
    public void MakeFolder()
    {
        MakeNamespaceFolder(Path.GetDirectoryName(Folder)!);
        Make(Folder);
    }

    /// <summary>The same for the folder that the folders of a namespace's leases are in.</summary>
    public static void MakeNamespaceFolder(string namespaceFolder)
    {
        // One by one: the mode goes to the last of a path, its parents would be open to everybody.
        Make(Path.GetDirectoryName(namespaceFolder)!);
        Make(namespaceFolder);
    }

    private static void Make(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, UserOnly);
    }
}
