namespace LeaseElection.Hosting;

/// <summary>How to reach the Kubernetes API server. In a pod every value has the right default.</summary>
public sealed class KubernetesStoreOptions
{
    /// <summary>The API server, for example <c>https://10.0.0.1:6443</c> or <c>https://[fd00::1]:6443</c>.</summary>
    /// <value>Default: <c>KUBERNETES_SERVICE_HOST</c> and <c>KUBERNETES_SERVICE_PORT</c>. An absolute https URL.</value>
    public string? ApiServer { get; set; }

    /// <summary>A file with a bearer token. Read again every minute and at once after a 401, because the kubelet rotates it.</summary>
    /// <value>Default: the token of the pod's service account.</value>
    public string? TokenFile { get; set; }

    /// <summary>A PEM file with the certificates of the only authorities the API server is trusted by.</summary>
    /// <value>
    /// Default: the <c>ca.crt</c> of the pod's service account; with <see cref="ApiServer"/> alone, the system's authorities.
    /// </value>
    public string? CertificateAuthorityFile { get; set; }

    /// <summary>A kubeconfig file.</summary>
    /// <value>Default: the files of the variable <c>KUBECONFIG</c>, if it is set.</value>
    public string? KubeConfig { get; set; }

    /// <summary>The context of the kubeconfig to use.</summary>
    /// <value>Default: its <c>current-context</c>.</value>
    public string? Context { get; set; }

    /// <summary>
    /// Whether Kubernetes Events on the Lease tell who became leader and who stopped leading, and why: <c>kubectl describe lease</c> and
    /// <c>kubectl get events</c> show them. They are sent beside the election, over a connection of their own, and hold up neither a
    /// renewal nor a release; one that cannot be sent is dropped, with one warning.
    /// </summary>
    /// <value>Default: <see langword="false"/>. Where there is no Kubernetes lease it has no effect, and one log line says so.</value>
    /// <remarks>
    /// Needs the verb <c>create</c> on <c>events</c> of the core API group in the namespace of the lease. The stop of the host then may
    /// take up to a second longer, which must fit into <c>HostOptions.ShutdownTimeout</c>. The API server keeps an Event for an hour by
    /// default: a history is in the logs and metrics.
    /// </remarks>
    public bool PublishEvents { get; set; }

    /// <summary>
    /// Whether the Pod of the leader bears the label <c>leaseelection.dev/role=leader</c>, so that a Service can select it. The label comes
    /// when a term begins, and goes when it ends: on a graceful hand-over before the lease is given up. Each process takes a leftover label
    /// off its own Pod when it starts, and off the Pods of the holders before it when it becomes leader.
    /// </summary>
    /// <value>
    /// Default: <see langword="false"/>. Where there is no Kubernetes lease it has no effect, and one log line says so. At most one
    /// election of a host can have it.
    /// </value>
    /// <remarks>
    /// Needs the verb <c>patch</c> on <c>pods</c> in the namespace of the Pod, and no other; the variable <c>POD_NAME</c>, and if the Pod
    /// has no service account token <c>POD_NAMESPACE</c>, from the downward API. RBAC cannot limit <c>patch</c> to the own Pod or to one
    /// label: who holds the token can change what may be changed of any Pod of the namespace, its image included. The label is a hint for
    /// routing, never a proof of leadership: a leader that died bears it until the next one begins, and endpoints follow a label only after
    /// a moment. A Pod is known by the default identity only (<c>POD_NAME</c>, <c>_</c> and 8 characters): with an <c>Identity</c> of one's
    /// own nobody can take the label off a dead leader.
    /// </remarks>
    public bool LabelLeaderPod { get; set; }

    /// <summary>
    /// Whether a standby takes over at once when the kubelet of the leader's node has told that the leader's container has ended, in about
    /// a second and a half after a crash, instead of when the lease runs out. The leader notes with its lease where it runs, and each
    /// standby watches that one Pod.
    /// </summary>
    /// <value>
    /// Default: <see langword="false"/>. Set it on all replicas, with <see cref="ContainerName"/>: each has to tell and to look. Where
    /// there is no Kubernetes lease it has no effect, and one log line says so.
    /// </value>
    /// <remarks>
    /// Needs the verbs <c>get</c> and <c>watch</c> on <c>pods</c> in the namespace of the Pods, which RBAC cannot limit to some of them;
    /// and the variables <c>POD_NAME</c>, <c>POD_UID</c>, and if the Pod has no service account token <c>POD_NAMESPACE</c>, from the
    /// downward API. Without a right, one warning names it, and the lease runs out as ever. The end of the container must be the end of
    /// the work: do not set it where a container elects for work in another one. What does not prove the leader's death (a Pod that is
    /// gone or evicted, a node that does not answer, the first ten seconds of a term) costs the time of the lease, as without it.
    /// Partitions and locks wait for their leases always.
    /// </remarks>
    public bool TakeOverFromTerminated { get; set; }

    /// <summary>
    /// The name of the container that this process runs in, as in the Pod's spec, for <see cref="TakeOverFromTerminated"/>.
    /// </summary>
    /// <value>Default: not set. Required while <see cref="TakeOverFromTerminated"/> is true.</value>
    public string? ContainerName { get; set; }
}
