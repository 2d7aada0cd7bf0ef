namespace LeaseElection.Hosting.Configuration;

/// <summary>What the process finds around itself, in one place so that a test can be a pod, a laptop or a bare machine.</summary>
internal sealed record ProcessEnvironment
{
    /// <summary>Reads an environment variable; an empty one counts as not set.</summary>
    public required Func<string, string?> Variable { get; init; }

    public required string HostName { get; init; }

    /// <summary>What stands between the name of the pod or host and the random end of a default identity.</summary>
    public string IdentitySeparator { get; init; } = "_";

    /// <summary>The user's home, where <c>.kube/config</c> may be.</summary>
    public required string HomeDirectory { get; init; }

    /// <summary>The folder of the user's local application data, where the file store keeps its leases by default.</summary>
    public required string LocalApplicationData { get; init; }

    /// <summary>Where the kubelet mounts token, ca.crt and namespace.</summary>
    public required string ServiceAccountDirectory { get; init; }

    /// <summary>The lines of <c>/proc/self/mountinfo</c>; none where there is no such file.</summary>
    public Func<IReadOnlyList<string>> Mounts { get; init; } = () => [];

    public static ProcessEnvironment Current { get; } = new()
    {
        Variable = name => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null,
        HostName = Environment.MachineName,
        HomeDirectory = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify),
        LocalApplicationData = Environment.GetFolderPath(
            Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
        ServiceAccountDirectory = "/var/run/secrets/kubernetes.io/serviceaccount",
        Mounts = ReadMounts,
    };

    /// <summary>The same without a variable.</summary>
    public ProcessEnvironment Without(string name) => this with { Variable = other => other == name ? null : Variable(other) };

    private static string[] ReadMounts()
    {
        try
        {
            return File.ReadAllLines("/proc/self/mountinfo");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
