using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Configuration;

/// <summary>The Pod this process runs in.</summary>
internal sealed record PodIdentity(string Namespace, string Name)
{
    /// <param name="option">The option that needs the Pod, as the user has to type it.</param>
    /// <param name="what">What the Pod is needed for: <c>the Pod to label</c>.</param>
    /// <param name="environment">What the process finds around itself.</param>
    /// <exception cref="LeaseStoreConfigurationException">It is not known.</exception>
    public static PodIdentity Resolve(string option, string what, ProcessEnvironment environment)
    {
        string name = environment.Variable("POD_NAME") ?? throw Unknown(
            option, $"the variable POD_NAME is not set, which tells {what}", "POD_NAME", "metadata.name");
        if (!KubernetesName.IsSubdomain(name))
            throw Unknown(option, $"POD_NAME is \"{name}\", and must be {KubernetesName.SubdomainRule}", "POD_NAME", "metadata.name");

        (string? content, string? problem) = PodNamespace.Read(environment);
        string space = environment.Variable("POD_NAMESPACE") ?? content ?? throw Unknown(
            option,
            $"the namespace of the Pod is not known: the variable POD_NAMESPACE is not set, and {PodNamespace.FileOf(environment)} is {problem}",
            "POD_NAMESPACE",
            "metadata.namespace");
        return KubernetesName.IsLabel(space) ? new PodIdentity(space, name) : throw Unknown(
            option, $"the namespace of the Pod is \"{space}\", and must be {KubernetesName.LabelRule}", "POD_NAMESPACE", "metadata.namespace");
    }

    /// <summary>Something that the downward API tells is missing.</summary>
    public static LeaseStoreConfigurationException Unknown(string option, string why, string variable, string field) => new(
        $"{option} is true, but {why}: set {variable} from the downward API (fieldPath: {field}), or {option} to false.");
}
