namespace LeaseElection.Sidecar.Flags;

/// <summary>Messages of the library name its options; whoever starts the sidecar knows flags.</summary>
internal static class FlagWords
{
    private static readonly (string Option, string Flag)[] Words =
    [
        ("LeaderElection:Identity", "--id"),
        ("LeaderElection:LeaseNamespace", "--election-namespace"),
        ("LeaderElection:Kubernetes:KubeConfig", "--kubeconfig"),
        ("LeaderElection:Kubernetes:Context", "--context"),
        ("LeaderElection:Kubernetes:PublishEvents", "--events"),
        ("LeaderElection:Kubernetes:LabelLeaderPod", "--label-pod"),
        ("LeaderElection:File:Directory", "--store-directory"),
        ("File:Directory", "--store-directory"), // So the file store calls it.
    ];

    /// <summary>The message with flags in the place of options.</summary>
    public static string In(string message) =>
        Words.Aggregate(message, (text, word) => text.Replace(word.Option, word.Flag, StringComparison.Ordinal));
}
