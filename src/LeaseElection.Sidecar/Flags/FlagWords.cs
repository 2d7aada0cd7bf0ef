using LeaseElection.Sidecar.Exec;

namespace LeaseElection.Sidecar.Flags;

/// <summary>
/// Messages of the library name its options, and tell who writes an app what to do in it; whoever starts the sidecar knows flags, and a
/// command.
/// </summary>
internal static class FlagWords
{
    private static readonly (string Library, string Sidecar)[] Words =
    [
        // Whole phrases first, about what the sidecar has settled for whoever starts it.
        ("LeaderElection:WhenWorkEnds says StepDown. Look at the exception: the work should handle it or be mended",
            "the lease is given up, and stood for again. Mend what keeps it from running"),
        (" (LeaderElection:WhenWorkEnds decides what follows)", ""),
        ("LeaderElection:WhenWorkOverruns says StopHost. It must return soon after its token fires, and check "
            + "LeadershipTerm.ThrowIfLost() before it writes",
            "leader-elector ends, with exit code 1. The messages before this one name what could not be killed"),
        ("Let work return sooner when its token fires, or raise HostOptions.ShutdownTimeout",
            "A command that still runs could not be killed: see the messages before this one"),
        ("work did not stop in time: nobody leads until it has, or the lease has run out. It must return when its token fires",
            "the command was not gone in time: nobody leads until it is, or the lease has run out"),
        ("and work that listens to LeadershipTerm.InDanger saves what it has done", "and a command that runs gets SIGTERM then"),
        ("To have the next take-overs wait longer each time: LeaderElection:TakeOverBackoff=true", ""),
        ("Kubernetes:CertificateAuthorityFile, certificate-authority in a kubeconfig, ca.crt in a pod, or what the app itself gives",
            "certificate-authority in a kubeconfig, ca.crt in a pod"),
        (nameof(CommandWork), "the command"),
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
        Words.Aggregate(message, (text, word) => text.Replace(word.Library, word.Sidecar, StringComparison.Ordinal));
}
