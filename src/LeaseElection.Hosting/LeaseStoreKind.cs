namespace LeaseElection.Hosting;

/// <summary>Where the lease is kept.</summary>
public enum LeaseStoreKind
{
    /// <summary>
    /// Kubernetes in a pod, or with an explicit API server or kubeconfig; else <see cref="File"/>, but only in the Development
    /// environment; else an error that lists what was tried.
    /// </summary>
    Auto,

    /// <summary>A <c>Lease</c> of <c>coordination.k8s.io/v1</c> on a Kubernetes API server.</summary>
    Kubernetes,

    /// <summary>A file: for processes of one machine only.</summary>
    File,
}
