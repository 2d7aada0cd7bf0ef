using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace LeaseElection.Hosting;

/// <summary>What a type of work says of itself, before there is an instance of it.</summary>
internal static class LeaderWorkType
{
    /// <summary>
    /// Whether it has a <see cref="ILeaderWork.PrepareAsync"/> of its own. Only then may a standby make an instance: the constructor of any
    /// other work was written to run on the leader. Asked by a delegate to an instance that no constructor has touched, and that nobody
    /// ever calls, because a native program knows no other way (<see cref="Type.GetInterfaceMap"/> is missing there).
    /// </summary>
    /// <returns><see langword="false"/> also for an abstract type, of which nothing is known before it is made.</returns>
    [SuppressMessage("Usage", "CA1816", Justification = "Nobody has made what its finalizer would clear away.")]
    [UnconditionalSuppressMessage(
        "Trimming", "IL2087", Justification = "No constructor is called; the type itself is kept, being constructed.")]
    public static bool PreparesItself<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TWork>()
        where TWork : class, ILeaderWork
    {
        if (typeof(TWork).IsAbstract)
            return false;
        var blank = (ILeaderWork)RuntimeHelpers.GetUninitializedObject(typeof(TWork));
        GC.SuppressFinalize(blank);
        Func<CancellationToken, Task> prepare = blank.PrepareAsync;
        return prepare.Method.DeclaringType != typeof(ILeaderWork);
    }
}
