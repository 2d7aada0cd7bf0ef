using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Configuration;

/// <summary>Finds the folder of the file store.</summary>
internal static class FileStoreDirectory
{
    /// <summary>The configured folder, or one in the application data of the user.</summary>
    /// <exception cref="LeaseStoreConfigurationException">None is set, and the user has no such data.</exception>
    public static string Resolve(
        LeaderElectionRegistration registration, LeaderElectionOptions options, ProcessEnvironment environment)
    {
        if (options.File.Directory is { Length: > 0 } configured)
            return configured;
        // An empty folder name would make the path relative: a folder for each working directory, and a leader in each.
        if (environment.LocalApplicationData.Length > 0)
            return Path.Combine(environment.LocalApplicationData, "LeaseElection");
        throw new LeaseStoreConfigurationException(
            $"{registration.KeyOf("File:Directory")} is not set, and the user of this process has no local application data "
            + "folder (a service user without a home): set it to an absolute path that is the same for all processes.");
    }
}
