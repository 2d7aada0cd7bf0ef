using static LeaseElection.Hosting.ClusterTests.Connecting.ConnectionCase;

namespace LeaseElection.Hosting.ClusterTests.Connecting;

/// <summary>
/// The rows that come out otherwise where KubernetesClient has read the kubeconfig. Each is a fact of KubernetesClient 21.0.8, which the
/// library cannot know of: what it has not read, it does not give.
/// </summary>
internal static class KubernetesClientDifferences
{
    private static readonly Dictionary<string, Difference> All = new IEnumerable<KeyValuePair<string, Difference>>[]
    {
        Because(
            "KubernetesClient reads no tokenFile.",
            ("tokenFile, relative, with a line break at its end", Refused),
            ("token and tokenFile", "token made-up")),
        Because(
            "KubernetesClient reads certificate and key either both from files or both in place.",
            ("client certificate in a file, key in place", Refused)),
        Because(
            "KubernetesClient does not mind what says two things, and takes one of them.",
            ("client certificate both in a file and in place", "certificate certified"),
            ("client key both in a file and in place", "certificate certified"),
            ("client certificate and password", "Basic YWRtaW46eA==, certificate certified"),
            ("token and password", "token made-up"),
            ("authority both in a file and in place", "token made-up"),
            ("authority, and insecure-skip-tls-verify", "token made-up")),
        Because(
            "KubernetesClient logs in by OIDC.",
            ("auth-provider oidc, its token still valid", "token e30.eyJleHAiOjQxMDI0NDQ4MDB9.c2ln"),
            ("auth-provider oidc beside a token", Refused),
            ("auth-provider oidc beside a client certificate", "token e30.eyJleHAiOjQxMDI0NDQ4MDB9.c2ln, certificate certified")),
        Because(
            "KubernetesClient looks at a provider only if it holds a token.",
            ("auth-provider gcp beside a token", "token made-up")),
        Because(
            "KubernetesClient knows nothing of impersonation: it acts as the user itself.",
            ("as", "token made-up"),
            ("as, with groups", "token made-up"),
            ("as, with a uid", "token made-up"),
            ("as, with letters of other alphabets", "token made-up"),
            ("as, with a plugin", "token made-up"),
            ("as, by a client certificate", "certificate certified"),
            ("groups without as", "token made-up"),
            ("uid without as", "token made-up"),
            ("as with a line break", "token made-up")),
        Because(
            "KubernetesClient cannot read extra values.",
            ("as, with extra values", Refused)),
        Because(
            "KubernetesClient reads JSON from plugins only.",
            ("plugin prints YAML", Refused),
            ("plugin prints YAML with a document start and a literal block", Refused),
            ("GKE", Refused)),
        Because(
            "KubernetesClient reads an empty expirationTimestamp as a time.",
            ("plugin prints an empty expirationTimestamp", Refused)),
        Because(
            "KubernetesClient does not look at it.",
            ("plugin prints a client certificate without its key", "token made-up"),
            ("plugin prints another kind", "token made-up"),
            ("a merge key in quotes, which is an ordinary one", "token made-up")),
        Because(
            "KubernetesClient looks for it from where the process runs.",
            ("plugin named by a relative path", Refused)),
        Because(
            "KubernetesClient does not tell plugins of their cluster.",
            ("plugin that is told of its cluster", Refused)),
        Because(
            "KubernetesClient always runs the plugin, and its token is the one that counts.",
            ("plugin and client certificate: it is not run", Refused),
            ("plugin and token: it is not run", Refused),
            ("plugin and tokenFile: it is not run", Refused),
            ("plugin and password", Refused)),
        Because(
            "KubernetesClient reads one document.",
            ("a second document", Refused)),
        Because(
            "KubernetesClient does not look at kind and version.",
            ("another kind", "token made-up"),
            ("another version", "token made-up")),
        Because(
            "KubernetesClient wants each of the files to be there.",
            ("several files", Refused)),
        Because(
            "KubernetesClient has looked for the home of this process.",
            ("no KUBECONFIG, but ~/.kube/config", Refused)),
        Because(
            "KubernetesClient reads all of a bundle or nothing.",
            ("authority: a bundle with a broken block", Refused)),
        Because(
            "KubernetesClient takes 0.0.0.0 for 127.0.0.1, which is never asked for through a proxy.",
            ("HTTPS_PROXY that refuses", "token made-up"),
            ("HTTPS_PROXY, another port in NO_PROXY", "token made-up"),
            ("HTTPS_PROXY that is no proxy", "token made-up")),
        Because(
            "KubernetesClient reads no proxy-url.",
            ("proxy-url", Refused),
            ("proxy-url with socks5", Refused),
            ("proxy-url before NO_PROXY", Refused),
            ("proxy-url, server at 127.0.0.1", "token made-up")),
        Because(
            "KubernetesClient takes any scalar for a text.",
            ("a number for a name", "token made-up")),
        Because(
            "KubernetesClient takes a text for a truth value.",
            ("insecure-skip-tls-verify in quotes", "token made-up")),
        Because(
            "KubernetesClient takes the first of them.",
            ("two clusters of one name", Refused)),
        Because(
            "What a query would be for, nobody knows.",
            ("server with a query", Refused)),
        Because(
            ".NET has no Ed25519.",
            ("Ed25519 key", Refused)),
    }.SelectMany(rows => rows).ToDictionary(StringComparer.Ordinal);

    /// <summary><see langword="null"/>: as kubectl.</summary>
    public static Difference? Of(string form) => All.GetValueOrDefault(form);

    private static IEnumerable<KeyValuePair<string, Difference>> Because(string why, params (string Form, string Seen)[] rows) =>
        rows.Select(row => KeyValuePair.Create(row.Form, new Difference(KubernetesClientConnector.Column, row.Seen, why)));
}
