namespace LeaseElection.Testing.ApiServer;

/// <summary>
/// Where <c>etcd</c>, <c>kube-apiserver</c> and <c>kubectl</c> are on this machine. Looks in the places that
/// <c>tests/apiserver/install</c> fills, so that <c>dotnet test</c> alone works once that has run.
/// </summary>
public sealed class ApiServerAssets
{
    /// <summary>Set by <c>tests/run --fast</c>: the suite is left out because somebody asked for it, in CI too.</summary>
    public const string LeftOutVariable = "LEASEELECTION_WITHOUT_APISERVER";

    private const string KubernetesVersion = "1.20.2";

    private ApiServerAssets(string directory, string? missingReason)
    {
        Directory = directory;
        MissingReason = missingReason;
    }

    /// <summary>What this machine offers.</summary>
    public static ApiServerAssets Current { get; } = Find(Environment.GetEnvironmentVariable);

    /// <summary>
    /// Why to skip, null when to run. With <c>CI=true</c> missing programs are no reason: there a suite that
    /// silently does not run looks like one that passes.
    /// </summary>
    public static string? SkipReason { get; } = ReasonToSkip(Environment.GetEnvironmentVariable);

    /// <summary>Why the programs cannot be run, and what to do; null when they are there.</summary>
    public string? MissingReason { get; }

    internal string Directory { get; }

    internal string Etcd => Path.Combine(Directory, "etcd");

    internal string KubeApiServer => Path.Combine(Directory, "kube-apiserver");

    /// <summary>The one in the directory, which the install script puts there if the machine has none.</summary>
    internal string Kubectl => Path.Combine(Directory, "kubectl") is var own && File.Exists(own) ? own : "kubectl";

    internal static string? ReasonToSkip(Func<string, string?> variable) =>
        !string.IsNullOrEmpty(variable(LeftOutVariable)) ? $"left out: {LeftOutVariable} is set"
        : variable("CI") == "true" ? null
        : Find(variable).MissingReason;

    internal static ApiServerAssets Find(Func<string, string?> variable)
    {
        var cache = ToolCache.PathOf(variable, "apiserver", KubernetesVersion);
        var found = new[] { variable("KUBEBUILDER_ASSETS"), cache }.FirstOrDefault(HasPrograms);
        return found is not null
            ? new ApiServerAssets(found, missingReason: null)
            : new ApiServerAssets("", $"no etcd and kube-apiserver in KUBEBUILDER_ASSETS or {cache}: run tests/apiserver/install");
    }

    private static bool HasPrograms(string? directory) =>
        !string.IsNullOrEmpty(directory)
        && File.Exists(Path.Combine(directory, "etcd"))
        && File.Exists(Path.Combine(directory, "kube-apiserver"));
}
