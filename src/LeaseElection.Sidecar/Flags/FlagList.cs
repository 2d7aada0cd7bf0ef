using LeaseElection.Hosting;
using LeaseElection.Hosting.Configuration;
using LeaseElection.Sidecar.Naming;
using static LeaseElection.Sidecar.Flags.FlagKinds;

namespace LeaseElection.Sidecar.Flags;

/// <summary>
/// Every flag, in the order of <c>--help</c>: those of the old image first. The README repeats the list, and a test compares.
/// </summary>
internal static class FlagList
{
    public static IReadOnlyList<Flag> All { get; } =
    [
        Name("election", "NAME", "the lease to compete for, the same for all replicas; required", KubernetesName.SubdomainRule,
            KubernetesName.IsSubdomain, (o, value) => o.Election = value),
        Name("id", "ID", "what this replica is called; default: the host name, in the lease with ~ and 8 random characters",
            "a name that no other replica has, and not end in ~ and 8 letters or digits, as default ones do",
            value => !string.IsNullOrWhiteSpace(value) && HostIdentity.Split(value) is null, (o, value) => o.Id = value),
        Name("election-namespace", "NAMESPACE", "the namespace of the lease; default: that of the pod or of the kubeconfig context",
            KubernetesName.LabelRule, KubernetesName.IsLabel, (o, value) => o.ElectionNamespace = value),
        Duration("ttl", "how long the lease of a dead leader lasts; default 10s", (o, value) => o.Ttl = value),
        new Flag("http", "ADDRESS", "serve HTTP at :4040, 0.0.0.0:4040 or localhost:4040; default: none",
            "HOST:PORT or :PORT, for example :4040", TrySetHttp),
        Switch("use-cluster-credentials", "use the service account of the pod and no kubeconfig",
            (o, value) => o.UseClusterCredentials = value),
        Text("kubeconfig", "FILE", "a kubeconfig file; default: KUBECONFIG, the service account of the pod, ~/.kube/config",
            (o, value) => o.KubeConfig = value),
        Text("context", "NAME", "the context of the kubeconfig; default: its current one", (o, value) => o.Context = value),
        new Flag("store", "KIND", "kubernetes, or file: between processes of one machine; default kubernetes",
            "kubernetes or file", TrySetStore),
        Text("store-directory", "FOLDER", "where --store=file keeps its leases; default: LeaseElection in ~/.local/share",
            (o, value) => o.StoreDirectory = value),
        Duration("renew-deadline", "how long a leader leads without a renewal; default: two thirds of --ttl",
            (o, value) => o.RenewDeadline = value),
        Duration("grace", "from SIGTERM to SIGKILL of the command while the lease is held, and renewed; default 20s",
            (o, value) => o.Grace = value),
        Duration("stop-timeout", "the same once the lease is lost; default: what --ttl leaves, 2.334s of 10s",
            (o, value) => o.StopTimeout = value),
        Switch("events", "tell of each term by Kubernetes Events on the Lease; needs create on events", (o, value) => o.Events = value),
        Switch("label-pod", "label the Pod of the leader leaseelection.dev/role=leader; needs patch on pods, and POD_NAME",
            (o, value) => o.LabelPod = value),
        Switch("version", "print the version", (o, value) => o.Version = value) with { HasVariable = false },
        Switch("help", "print this", (o, value) => o.Help = value) with { HasVariable = false },
    ];

    private static bool TrySetHttp(SidecarOptions options, string text)
    {
        bool valid = ListenAddress.TryParse(text, out ListenAddress? address) || text.Length == 0;
        if (valid)
            options.Http = address;
        return valid;
    }

    private static bool TrySetStore(SidecarOptions options, string text)
    {
        LeaseStoreKind? kind = text switch { "kubernetes" => LeaseStoreKind.Kubernetes, "file" => LeaseStoreKind.File, _ => null };
        options.Store = kind ?? options.Store;
        return kind is not null;
    }
}
