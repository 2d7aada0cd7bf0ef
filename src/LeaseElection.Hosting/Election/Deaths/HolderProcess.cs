using System.Globalization;
using LeaseElection.Hosting.Election.Notes;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Election.Deaths;

/// <summary>
/// The process that holds a lease, as its term says: a note that is shown beside exactly its holder and its term (design 14, rule 4).
/// </summary>
/// <param name="Pod">Namespace and name of its Pod: <c>shop/worker-0</c>.</param>
/// <param name="PodUid">The Pod's uid.</param>
/// <param name="Container">The name of its container.</param>
/// <param name="RanAt">
/// When it began with the election, by its node's clock: a time at which its container surely ran. Not when the process was started, which
/// Linux counts from before the runtime notes the container's start.
/// </param>
internal sealed record HolderProcess(string Pod, string PodUid, string Container, DateTimeOffset RanAt)
{
    /// <summary>The key of the note.</summary>
    public const string Note = NoteRules.ContainerKey;

    /// <summary>
    /// Of whom its present term says it, and nothing else: a note that stays with the lease may be an earlier holder's, which still lives
    /// or died long ago.
    /// </summary>
    /// <returns><see langword="null"/>: its holder says nothing of itself, or something else.</returns>
    public static HolderProcess? Of(Lease? lease) =>
        NoteAnnotations.ReadOfTerm(lease, Note) is { } note
        && note.Split(' ') is [{ Length: > 0 } pod, { Length: > 0 } uid, { Length: > 0 } container, var time]
        && DateTimeOffset.TryParseExact(
            time, MicroTime.Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset ranAt)
            ? new HolderProcess(pod, uid, container, ranAt)
            : null;

    /// <summary>The text of the note.</summary>
    public override string ToString() =>
        $"{Pod} {PodUid} {Container} {RanAt.UtcDateTime.ToString(MicroTime.Format, CultureInfo.InvariantCulture)}";
}
