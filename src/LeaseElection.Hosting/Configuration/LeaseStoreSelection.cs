using LeaseElection.Hosting.Leases;
using Microsoft.Extensions.Hosting;

namespace LeaseElection.Hosting.Configuration;

/// <summary>Decides where a lease is kept, never by chance: a file instead of a cluster elects a leader on each machine.</summary>
internal static class LeaseStoreSelection
{
    /// <summary>The connection to the API server, or <see langword="null"/> for the file store.</summary>
    /// <param name="registration">The election, for the message.</param>
    /// <param name="options">Its options.</param>
    /// <param name="environment">What the process finds around itself.</param>
    /// <param name="environmentName">The host's environment (Development, Production), if there is a host.</param>
    /// <param name="connect">
    /// Looks for an API server. Told whether <c>~/.kube/config</c> may be used: only where Kubernetes was asked for by name, since
    /// that file names whatever cluster the person at this machine looked at last. Adds to the list what it looked at in vain.
    /// </param>
    /// <exception cref="LeaseStoreConfigurationException">There is no store that the user can have meant.</exception>
    public static TConnection? Select<TConnection>(
        LeaderElectionRegistration registration,
        LeaderElectionOptions options,
        ProcessEnvironment environment,
        string? environmentName,
        Func<bool, List<string>, TConnection?> connect)
        where TConnection : class
    {
        if (options.Store == LeaseStoreKind.File)
            return null;

        List<string> tried = [];
        if (connect(options.Store == LeaseStoreKind.Kubernetes, tried) is { } connection)
            return connection;
        // Asked for by name, Kubernetes is not given up for a file. Nor in a pod without a token: each pod has files of its own.
        bool mayBeDevelopment = options.Store == LeaseStoreKind.Auto && environment.Variable("KUBERNETES_SERVICE_HOST") is null;
        if (mayBeDevelopment && string.Equals(environmentName, Environments.Development, StringComparison.OrdinalIgnoreCase))
            return null;
        string orDevelopment = mayBeDevelopment ? $", or DOTNET_ENVIRONMENT=Development (it is {Describe(environmentName)})" : "";
        throw new LeaseStoreConfigurationException(Message(registration, options, orDevelopment, tried));
    }

    private static string Message(
        LeaderElectionRegistration registration, LeaderElectionOptions options, string orDevelopment, List<string> tried)
    {
        string storeKey = registration.KeyOf(nameof(options.Store), options);
        string[] waysOut =
        [
            "run in a pod with a service account token",
            $"set {registration.KeyOf("Kubernetes:KubeConfig")} to a kubeconfig file",
            $"on one machine only, set {storeKey}=File{orDevelopment}",
            .. registration.IsBroker
                ? Array.Empty<string>()
                : [$"for a single instance, set {registration.KeyOf(nameof(LeaderElectionOptions.Enabled))}=false"],
        ];
        return $"{storeKey} is {options.Store}, but no Kubernetes API server was found.\n"
            + "Tried:\n" + string.Concat(tried.Select(place => $"  - {place}\n"))
            + "Do one of these:\n" + string.Join('\n', waysOut.Select(way => $"  - {way}"));
    }

    private static string Describe(string? environmentName) => environmentName switch
    {
        null => "not set",
        _ when string.IsNullOrWhiteSpace(environmentName) => "empty",
        _ => environmentName,
    };
}
