using static LeaseElection.Hosting.ClusterTests.Connecting.ConnectionCase;

namespace LeaseElection.Hosting.ClusterTests.Connecting.Forms;

/// <summary>Users that act as somebody else.</summary>
internal static class ImpersonationForms
{
    public static IReadOnlyList<ConnectionCase> All { get; } =
    [
        new("as", "token made-up, as system:serviceaccount:shop:settlement", scene =>
            scene.KubeConfig("token: made-up, as: \"system:serviceaccount:shop:settlement\"")),
        new("as, with groups", "token made-up, as boss, group system:masters,staff", scene =>
            scene.KubeConfig("token: made-up, as: boss, as-groups: [\"system:masters\", staff]")),
        new("as, with a uid", "token made-up, as boss, uid 42-a", scene => scene.KubeConfig("token: made-up, as: boss, as-uid: 42-a"))
        { KubectlSince = 23 },
        new("as, with extra values", "token made-up, as boss, extra-a%2fb%20c d, extra-reason rollout,upgrade", scene =>
            scene.KubeConfig("token: made-up, as: boss, as-user-extra: {Reason: [rollout, upgrade], a/b c: [d]}")),
        new("as, with letters of other alphabets", "token made-up, as jörg, group 組", scene =>
            scene.KubeConfig("token: made-up, as: jörg, as-groups: [組]")),
        new("as, with a plugin", "token made-up, as boss", scene =>
            scene.KubeConfig($"{scene.ExecPrinting(ExecForms.V1Beta1Token, "v1beta1")}, as: boss")),
        new("as, by a client certificate", "certificate certified, as boss", scene =>
            scene.KubeConfig($"{UserForms.Certificate(scene)}, as: boss")),
        new("groups without as", Refused, scene => scene.KubeConfig("token: made-up, as-groups: [staff]")) { Says = "as-groups" },
        new("extra values without as", Refused, scene => scene.KubeConfig("token: made-up, as-user-extra: {reason: [rollout]}"))
        { Says = "as-user-extra" },
        new("uid without as", Refused, scene => scene.KubeConfig("token: made-up, as-uid: 42-a")) { Says = "as-uid", KubectlSince = 23 },
        new("as nobody who could log in", Refused, scene => scene.KubeConfig("as: boss")) { Says = "has no credentials" },
        new("as with a line break", Refused, scene => scene.KubeConfig("token: made-up, as: \"a\\nb\"")) { Says = "as in the kubeconfig" },
    ];
}
