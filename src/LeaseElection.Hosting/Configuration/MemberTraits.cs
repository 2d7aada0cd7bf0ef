using System.Globalization;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Configuration;

/// <summary>What the lease of a member bears beside its record.</summary>
internal static class MemberTraits
{
    /// <summary>Only what has it is taken for the lease of a member, shown, and cleared away.</summary>
    public const string Label = "leaseelection.dev/members-of";

    /// <summary>How many partitions the member knows, where it has partitioned work.</summary>
    public const string PartitionsAnnotation = "leaseelection.dev/partitions";

    private const string NodeLabel = "kubernetes.io/hostname";

    /// <param name="card">The election's.</param>
    /// <param name="environment">What the process finds around itself.</param>
    /// <param name="partitions">How many partitions it knows; <see langword="null"/> without partitioned work.</param>
    public static LeaseTraits Of(ElectionIdentityCard card, ProcessEnvironment environment, int? partitions)
    {
        var labels = new Dictionary<string, string> { [Label] = LeaseGroupName.Of(card.LeaseName) };

        // A name that is no value of a label would have every write refused.
        if (environment.Variable("NODE_NAME") is { Length: <= 63 } node && KubernetesName.IsSubdomain(node))
            labels[NodeLabel] = node;
        return new LeaseTraits
        {
            Labels = labels,
            Annotations = partitions is { } count
                ? new Dictionary<string, string> { [PartitionsAnnotation] = count.ToString(CultureInfo.InvariantCulture) }
                : new Dictionary<string, string>(),
            Owner = OwnerOf(card, environment),
        };
    }

    /// <summary>
    /// None where the lease is in another namespace than the Pod: Kubernetes takes such an owner for one that is
    /// gone, and deletes the lease.
    /// </summary>
    private static PodReference? OwnerOf(ElectionIdentityCard card, ProcessEnvironment environment)
    {
        if (environment.Variable("POD_NAME") is not { } name || environment.Variable("POD_UID") is not { } uid)
            return null;
        string? space = environment.Variable("POD_NAMESPACE") ?? PodNamespace.Read(environment).Content;
        return space == card.LeaseNamespace ? new PodReference(name, uid) : null;
    }
}
