using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Election.Deaths;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Kubernetes.Pods;

/// <summary>The container this process runs in: what others go by to tell that it has ended.</summary>
internal static class OwnContainer
{
    private const string TakeOver = "Kubernetes:TakeOverFromTerminated";
    private const string ContainerName = "Kubernetes:ContainerName";

    /// <param name="registration">The election.</param>
    /// <param name="options">Its options, which ask for it.</param>
    /// <param name="environment">What the process finds around itself.</param>
    /// <param name="now">The wall clock of the node.</param>
    /// <exception cref="LeaseStoreConfigurationException">Pod or container are not known, or not these.</exception>
    public static HolderProcess Resolve(
        LeaderElectionRegistration registration, LeaderElectionOptions options, ProcessEnvironment environment, DateTimeOffset now)
    {
        var problems = new PodProblems(registration.KeyOf(TakeOver, options));
        PodIdentity pod = PodIdentity.Find("the Pod whose end others look for", environment, problems);
        string uid = UidOf(environment, problems);
        string container = NameOf(registration, options, ContainerMounts.NameIn(environment.Mounts(), uid), problems);
        problems.ThrowIfAny();
        return new HolderProcess(
            $"{pod.Namespace}/{pod.Name}", uid, container, new DateTimeOffset(now.UtcTicks - (now.UtcTicks % 10), TimeSpan.Zero));
    }

    private static string UidOf(ProcessEnvironment environment, PodProblems problems)
    {
        string? uid = environment.Variable("POD_UID");
        if (uid is null)
        {
            problems.AddVariable(
                "the variable POD_UID is not set, which tells this Pod from others of its name", "POD_UID", "metadata.uid");
        }
        else if (uid.Any(char.IsWhiteSpace))
        {
            problems.AddVariable(
                $"POD_UID is \"{uid}\", and must be the uid of a Pod, without white space", "POD_UID", "metadata.uid");
        }

        return uid ?? "";
    }

    /// <summary>
    /// The end of another container says nothing of this process, and would be taken for its death. So a name that is wrong is refused
    /// where it can be told.
    /// </summary>
    private static string NameOf(
        LeaderElectionRegistration registration, LeaderElectionOptions options, string? mounted, PodProblems problems)
    {
        string name = options.Kubernetes.ContainerName ?? "";
        // Where nobody has set it, it is best set beside the option that needs it.
        string key = name.Length == 0 && options.Inherited.Contains(TakeOver)
            ? $"{LeaderElectionOptions.SectionName}:{ContainerName}"
            : registration.KeyOf(ContainerName, options);
        string fix = "set it to the name of the container that this process runs in, as in the Pod's spec "
            + $"(for example \"{mounted ?? "app"}\")";
        if (name.Length == 0)
            problems.Add($"{key} is not set, which tells the others whose end to look for", fix);
        else if (!KubernetesName.IsLabel(name))
            problems.Add($"{key} is \"{name}\", and must be {KubernetesName.LabelRule}", fix);
        else if (mounted is not null && mounted != name)
        {
            problems.Add(
                $"{key} is \"{name}\", but this process runs in the container \"{mounted}\", and the end of another one would be "
                + "taken for its death",
                $"set it to \"{mounted}\"");
        }

        return name;
    }
}
