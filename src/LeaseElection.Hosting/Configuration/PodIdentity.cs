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
        var problems = new PodProblems(option);
        PodIdentity pod = Find(what, environment, problems);
        problems.ThrowIfAny();
        return pod;
    }

    /// <param name="what">As above.</param>
    /// <param name="environment">As above.</param>
    /// <param name="problems">What is wrong is added to them, and then the Pod is not to be used.</param>
    public static PodIdentity Find(string what, ProcessEnvironment environment, PodProblems problems)
    {
        string? name = environment.Variable("POD_NAME");
        if (name is null)
            problems.AddVariable($"the variable POD_NAME is not set, which tells {what}", "POD_NAME", "metadata.name");
        else if (!KubernetesName.IsSubdomain(name))
            problems.AddVariable($"POD_NAME is \"{name}\", and must be {KubernetesName.SubdomainRule}", "POD_NAME", "metadata.name");

        (string? content, string? problem) = PodNamespace.Read(environment);
        string? space = environment.Variable("POD_NAMESPACE") ?? content;
        if (space is null)
        {
            problems.AddVariable(
                "the namespace of the Pod is not known: the variable POD_NAMESPACE is not set, and "
                + $"{PodNamespace.FileOf(environment)} is {problem}",
                "POD_NAMESPACE",
                "metadata.namespace");
        }
        else if (!KubernetesName.IsLabel(space))
        {
            problems.AddVariable(
                $"the namespace of the Pod is \"{space}\", and must be {KubernetesName.LabelRule}", "POD_NAMESPACE", "metadata.namespace");
        }

        return new PodIdentity(space ?? "", name ?? "");
    }
}
