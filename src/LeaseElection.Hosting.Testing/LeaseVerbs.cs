namespace LeaseElection.Hosting.Testing;

/// <summary>Which requests a <see cref="LeaseFault"/> befalls.</summary>
[Flags]
public enum LeaseVerbs
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Reading a lease.</summary>
    Get = 1,

    /// <summary>Making a lease that is not there.</summary>
    Create = 2,

    /// <summary>Replacing a lease: taking over, renewing, releasing.</summary>
    Update = 4,

    /// <summary>Opening a watch.</summary>
    Watch = 8,

    /// <summary>Reading all leases of an election's members and partitions at once.</summary>
    List = 16,

    /// <summary>Deleting the lease of a member that is long gone.</summary>
    Delete = 32,

    /// <summary><see cref="Create"/> and <see cref="Update"/>.</summary>
    Write = Create | Update,

    /// <summary>All of them.</summary>
    Any = Get | Write | Watch | List | Delete,
}
