using LeaseElection.Hosting;
using Medallion.Threading;

namespace LeaseElection.DistributedLock;

/// <summary>
/// Makes locks that are kept as Leases: <c>AddLeaseLocks()</c> registers it, also as <see cref="IDistributedLockProvider"/>. It has no
/// state of its own, and making a lock asks nobody.
/// </summary>
public sealed class LeaseLockProvider : IDistributedLockProvider
{
    private readonly ILeaseBroker _broker;

    /// <summary>Makes locks of a broker of one's own, for a program without dependency injection, or a test.</summary>
    /// <param name="broker">Takes the leases.</param>
    public LeaseLockProvider(ILeaseBroker broker)
    {
        ArgumentNullException.ThrowIfNull(broker);
        _broker = broker;
    }

    /// <summary>Makes a lock. All locks of one name, in all processes, exclude each other.</summary>
    /// <param name="name">
    /// Any text; names that differ, if only by case, are different locks. One that a Kubernetes object can bear (RFC 1123: lower-case
    /// letters, digits, <c>-</c> and <c>.</c>, at most 253 characters) is the name of the Lease; any other is shortened and gets a hash.
    /// </param>
    public LeaseLock CreateLock(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new LeaseLock(_broker, LeaseLockName.Of(name));
    }

    IDistributedLock IDistributedLockProvider.CreateLock(string name) => CreateLock(name);
}
