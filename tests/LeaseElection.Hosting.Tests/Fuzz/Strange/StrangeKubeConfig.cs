using System.Text;

namespace LeaseElection.Hosting.Tests.Fuzz.Strange;

/// <summary>
/// Kubeconfigs: a good one with lines exchanged, dropped or doubled, values of other types, anchors and tags; or no YAML at all.
/// </summary>
internal static class StrangeKubeConfig
{
    private static readonly string[] Good =
    [
        "apiVersion: v1", "kind: Config", "current-context: prod",
        "clusters:", "- name: c", "  cluster:", "    server: https://127.0.0.1:1", "    tls-server-name: api.example.com",
        "    insecure-skip-tls-verify: true", "    proxy-url: http://proxy:3128",
        "users:", "- name: u", "  user:", "    token: c0nfidential",
        "contexts:", "- name: prod", "  context:", "    cluster: c", "    user: u", "    namespace: shop",
    ];

    private static readonly string[] Values =
    [
        "", "null", "~", "true", "1", "[]", "{}", "[a, b]", "{a: b}", "*a", "&a b", "&a [*a]", "!!binary aGVsbG8=", "!!int x", "!<tag:x> y",
        "|", ">", "'", "\"",
        "\"\\u0000\"", "\"\\x00\"", "\"a\\0b\"", "\"\\UFFFFFFFF\"", "\"\\ud800\"", "@", "`", "%", "? x", ": x", "<<: *a", "https://[::1",
        "a b", "\"a\\nb\"", "/\0", "secret",
        "[{name: client.authentication.k8s.io/exec, extension: {a: [*a, 1, x]}}]", "{<<: [*a, *b]}", "&a {token: t, <<: {as: x}}",
        "https://10.0.0.1", "not-there", "../../../..", "{apiVersion: client.authentication.k8s.io/v1, command: x}",
        "{apiVersion: client.authentication.k8s.io/v1, command: \"\\0/x\", env: [{value: y}, {name: \"a=b\"}], args: [[1]]}",
    ];

    private static readonly string[] Keys =
    [
        "certificate-authority", "certificate-authority-data", "client-certificate", "client-key-data", "client-certificate-data",
        "client-key", "tokenFile",
        "as", "as-uid", "as-groups", "as-user-extra", "extensions", "kind", "apiVersion", "<<",
        "exec", "auth-provider", "username", "namespace", "server", "token", "proxy-url", "tls-server-name", "current-context", "contexts",
        "users", "clusters",
    ];

    public static byte[] Any(Random random)
    {
        List<string> lines = [.. Good];
        for (int changes = random.Next(4); changes > 0; changes--)
        {
            int at = random.Next(lines.Count);
            string line = lines[at];
            string indent = line[..^line.TrimStart().Length];
            switch (random.Next(7))
            {
                case 0:
                    lines.RemoveAt(at);
                    break;
                case 1:
                    lines.Insert(at, lines[random.Next(lines.Count)]);
                    break;
                case 2:
                    lines.Insert(at, $"{indent}{random.Of(Keys)}: {random.Of(Values)}");
                    break;
                case 3:
                    lines.Insert(at, random.Of("---", "...", "%YAML 9.9", "\t", "# é", "- ", "? [a, b]\n: c", $"{indent}&a x: y"));
                    break;
                default:
                    lines[at] = line.Split(':')[0] + ": " + (random.OneIn(4) ? StrangeText.Any(random) : random.Of(Values));
                    break;
            }
        }
        byte[] file = Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n");
        return random.OneIn(3) ? StrangeBytes.Spoil(random, file) : file;
    }
}
