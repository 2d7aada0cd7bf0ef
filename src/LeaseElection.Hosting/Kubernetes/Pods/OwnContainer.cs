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
        string key = registration.KeyOf(TakeOver, options);
        PodIdentity pod = PodIdentity.Resolve(key, "the Pod whose end others look for", environment);
        string uid = environment.Variable("POD_UID") ?? throw PodIdentity.Unknown(
            key, "the variable POD_UID is not set, which tells this Pod from others of its name", "POD_UID", "metadata.uid");
        if (uid.Any(char.IsWhiteSpace))
            throw PodIdentity.Unknown(key, $"POD_UID is \"{uid}\", and must be the uid of a Pod, without white space", "POD_UID", "metadata.uid");
        string container = NameOf(registration, options, environment, uid);
        return new HolderProcess($"{pod.Namespace}/{pod.Name}", uid, container, new DateTimeOffset(now.UtcTicks - (now.UtcTicks % 10), TimeSpan.Zero));
    }

    /// <summary>
    /// The end of another container says nothing of this process, and would be taken for its death. So a name that is wrong is refused where
    /// it can be told.
    /// </summary>
    private static string NameOf(
        LeaderElectionRegistration registration, LeaderElectionOptions options, ProcessEnvironment environment, string uid)
    {
        string key = registration.KeyOf(ContainerName);
        string? mounted = ContainerMounts.NameIn(environment.Mounts(), uid);
        string example = mounted ?? "app";
        if (options.Kubernetes.ContainerName is not { Length: > 0 } name)
        {
            throw new LeaseStoreConfigurationException(
                $"{registration.KeyOf(TakeOver)} is true, but {key} is not set, which tells the others whose end to look for: set it to the name of the "
                + $"container that this process runs in, as in the Pod's spec (for example \"{example}\"), or {registration.KeyOf(TakeOver)} to false.");
        }

        if (!KubernetesName.IsLabel(name))
        {
            throw new LeaseStoreConfigurationException(
                $"{key} is \"{name}\", and must be {KubernetesName.LabelRule}: set it to the name of the container that this process runs in, as in "
                + $"the Pod's spec (for example \"{example}\").");
        }

        return mounted is null || mounted == name ? name : throw new LeaseStoreConfigurationException(
            $"{key} is \"{name}\", but this process runs in the container \"{mounted}\", and the end of another one would be taken for its death: set "
            + $"it to \"{mounted}\".");
    }
}
