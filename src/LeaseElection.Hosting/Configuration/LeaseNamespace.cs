using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Configuration;

/// <summary>Finds the namespace of a lease.</summary>
internal static class LeaseNamespace
{
    /// <summary>What kubectl takes for a context without a namespace, and what the leases of the file store are in.</summary>
    public const string Default = "default";

    /// <summary>The first of: option, <c>POD_NAMESPACE</c>, the service account's namespace, <paramref name="fallback"/>.</summary>
    /// <param name="registration">The election, for the message.</param>
    /// <param name="options">Its options.</param>
    /// <param name="environment">What the process finds around itself.</param>
    /// <param name="fallback">
    /// With a kubeconfig: the namespace of its context, or <see cref="Default"/>. With the file store: <see cref="Default"/>. In
    /// a pod, or with nothing but the address of an API server: <see langword="null"/>, because replicas that guess may guess
    /// differently, and then each namespace has a leader.
    /// </param>
    /// <param name="origin">Who gave the connection and its namespace, if not a kubeconfig.</param>
    /// <exception cref="LeaseStoreConfigurationException">There is none, or it cannot be one.</exception>
    public static string Resolve(
        LeaderElectionRegistration registration, LeaderElectionOptions options, ProcessEnvironment environment, string? fallback,
        string? origin = null)
    {
        if (options.LeaseNamespace is { Length: > 0 } configured)
            return configured;

        string key = registration.KeyOf(nameof(LeaderElectionOptions.LeaseNamespace));
        if (environment.Variable("POD_NAMESPACE") is { } variable)
            return Checked(variable, "The variable POD_NAMESPACE", key);

        string file = PodNamespace.FileOf(environment);
        (string? content, string? problem) = PodNamespace.Read(environment);
        if (content is not null)
            return Checked(content, $"The namespace in {file}", key);
        if (fallback is not null)
        {
            return Checked(
                fallback, origin is null ? "The namespace of the kubeconfig context" : $"The namespace that {origin} gives", key);
        }

        throw new LeaseStoreConfigurationException(
            $"{key} is not set, and the namespace of this process is not known. Tried: the variable POD_NAMESPACE (not set); {file} "
            + $"({problem}). Set {key}, or POD_NAMESPACE from the downward API (fieldPath: metadata.namespace).");
    }

    private static string Checked(string value, string source, string key) =>
        KubernetesName.IsLabel(value)
            ? value
            : throw new LeaseStoreConfigurationException(
                $"{source} is \"{value}\", but must be {KubernetesName.LabelRule}: correct it, or set {key}.");
}
