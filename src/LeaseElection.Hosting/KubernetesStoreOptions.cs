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
    /// <value>Default: the <c>ca.crt</c> of the pod's service account; with <see cref="ApiServer"/> alone, the system's authorities.</value>
    public string? CertificateAuthorityFile { get; set; }

    /// <summary>A kubeconfig file.</summary>
    /// <value>Default: the files of the variable <c>KUBECONFIG</c>, if it is set.</value>
    public string? KubeConfig { get; set; }

    /// <summary>The context of the kubeconfig to use.</summary>
    /// <value>Default: its <c>current-context</c>.</value>
    public string? Context { get; set; }
}
