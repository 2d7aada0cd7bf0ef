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

    private ApiServerAssets(string? directory, string? missingReason)
    {
        Directory = directory ?? "";
        MissingReason = missingReason;
    }

    /// <summary>What the current environment offers. Asked anew each time: tests change the environment.</summary>
    public static ApiServerAssets Current => Find();

    /// <summary>Why the programs cannot be run, and what to do; null when they are there.</summary>
    public string? MissingReason { get; }

    /// <summary>
    /// Why to skip, null when to run. With <c>CI=true</c> missing programs are no reason: there a suite that
    /// silently does not run looks like one that passes.
    /// </summary>
    public static string? SkipReason =>
        IsSet(LeftOutVariable) ? $"left out: {LeftOutVariable} is set"
        : string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase) ? null
        : Current.MissingReason;

    internal string Directory { get; }

    internal string Etcd => Path.Combine(Directory, "etcd");

    internal string KubeApiServer => Path.Combine(Directory, "kube-apiserver");

    /// <summary>The one made by the install script exists only if the machine had none, so it goes first.</summary>
    internal string Kubectl => Path.Combine(Directory, "kubectl") is var own && File.Exists(own) ? own : "kubectl";

    private static string CacheDirectory => Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache
            ? cache
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
        "leaseelection", "apiserver", KubernetesVersion);

    private static ApiServerAssets Find()
    {
        var places = new[] { Environment.GetEnvironmentVariable("KUBEBUILDER_ASSETS"), CacheDirectory };
        var found = places.FirstOrDefault(place => !string.IsNullOrEmpty(place)
            && File.Exists(Path.Combine(place, "etcd")) && File.Exists(Path.Combine(place, "kube-apiserver")));
        return found is not null
            ? new ApiServerAssets(found, missingReason: null)
            : new ApiServerAssets(directory: null,
                $"no etcd and kube-apiserver in KUBEBUILDER_ASSETS or {CacheDirectory}: run tests/apiserver/install");
    }

    private static bool IsSet(string variable) => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable));
}
