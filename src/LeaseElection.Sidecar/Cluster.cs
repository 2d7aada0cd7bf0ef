using LeaseElection.Hosting;
using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Kubernetes.Connecting;
using LeaseElection.Hosting.Leases;
using LeaseElection.Sidecar.Flags;
using LeaseElection.Sidecar.Logging;
using LeaseElection.Sidecar.Naming;

namespace LeaseElection.Sidecar;

/// <summary>Looks for the way to the API server before the host starts, and says in the words of flags what is wrong with it.</summary>
internal static class Cluster
{
    /// <summary>
    /// What the library may see: no kubeconfig at all where the service account was asked for, and the host's name for the replica's; not
    /// where Pods are labelled, which the library knows by its own.
    /// </summary>
    public static ProcessEnvironment EnvironmentFor(SidecarOptions options, ProcessEnvironment environment)
    {
        ProcessEnvironment seen = options.UseClusterCredentials ? environment.Without("KUBECONFIG") : environment;
        return options.LabelPod ? seen : HostIdentity.In(seen);
    }

    /// <exception cref="SidecarException">There is none, or what tells the way is wrong.</exception>
    public static void Check(SidecarOptions options, ProcessEnvironment environment)
    {
        if (options.Store != LeaseStoreKind.Kubernetes)
            return;
        List<string> tried = [];
        var kubernetes = new KubernetesStoreOptions { KubeConfig = options.KubeConfig, Context = options.Context };
        try
        {
            if (KubernetesConnectionResolver.TryResolve(
                kubernetes, EnvironmentFor(options, environment), includeHomeKubeConfig: !options.UseClusterCredentials, tried)
                is { } connection)
            {
                if (connection.CertificateAuthority is not null)
                    SystemAuthorities.LeaveOut();
                return;
            }
        }
        catch (LeaseStoreConfigurationException exception)
        {
            throw Wrong(exception.Message);
        }

        // There is no flag for the address of an API server.
        IEnumerable<string> looked = tried.Where(place => !place.Contains(":ApiServer", StringComparison.Ordinal));
        throw options.UseClusterCredentials
            ? Wrong("--use-cluster-credentials needs the service account of a pod, and there is none: run in a pod, or leave it "
                + "out and name a kubeconfig with --kubeconfig.")
            : Wrong($"no Kubernetes cluster was found ({string.Join("; ", looked)}): run in a pod with a service account token, "
                + "name a kubeconfig with --kubeconfig, or elect between processes of one machine with --store=file.");
    }

    /// <summary>The message of the library in the words of flags.</summary>
    public static SidecarException Wrong(string message) => new(ExitCodes.NoCluster, OneLine.Of(FlagWords.In(message)));
}
