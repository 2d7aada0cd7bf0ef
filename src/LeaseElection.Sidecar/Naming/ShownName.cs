using LeaseElection.Hosting.Kubernetes.Announcing;
using LeaseElection.Sidecar.Flags;

namespace LeaseElection.Sidecar.Naming;

/// <summary>
/// What a holder is called where the old image told who leads: by the name of its host, with which apps compare their own. Identities of
/// other electors, and of <c>--id</c>, are shown whole.
/// </summary>
internal sealed class ShownName(SidecarOptions options)
{
    /// <param name="holder">As the Lease has it.</param>
    /// <param name="own">As the Lease has this replica when it leads.</param>
    public string Of(string holder, string own)
    {
        if (Split(holder) is not { } parts)
            return holder;

        // Another replica on this very host. By the name of the host, an app beside this one would believe that it leads too.
        bool isNeighbour = holder != own && Split(own)?.Host == parts.Host;
        return isNeighbour ? parts.Random : parts.Host;
    }

    /// <summary>With <c>--label-pod</c> identities are the default ones of the library, which name Pods.</summary>
    private (string Host, string Random)? Split(string identity) =>
        options.LabelPod && PodLabelRequests.PodOf(identity) is { } pod
            ? (pod, identity[(pod.Length + 1)..])
            : HostIdentity.Split(identity);
}
