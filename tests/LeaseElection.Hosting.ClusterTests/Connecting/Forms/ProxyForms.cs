namespace LeaseElection.Hosting.ClusterTests.Connecting.Forms;

/// <summary>
/// Proxies that the environment or the kubeconfig names. A server by a name that is nowhere is reached through a proxy or not at all;
/// 0.0.0.0 is this machine, and yet no loopback by the rules, so that a proxy which refuses shows who asks it.
/// </summary>
internal static class ProxyForms
{
    private const string Nowhere = "api.example.test";

    public static IReadOnlyList<ConnectionCase> All { get; } =
    [
        Through("HTTPS_PROXY", proxy => [("HTTPS_PROXY", $"http://{proxy}")]),
        Through("https_proxy without a scheme", proxy => [("https_proxy", proxy)]),
        Through("HTTPS_PROXY with socks5", proxy => [("HTTPS_PROXY", $"socks5://{proxy}")]),
        Through("HTTPS_PROXY, capitals before small letters", proxy => [("HTTPS_PROXY", proxy), ("https_proxy", "127.0.0.1:1")]),
        Through("HTTPS_PROXY with user and password", proxy => [("HTTPS_PROXY", $"http://me:s%40cret@{proxy}")], user: "me:s@cret"),
        Through("HTTPS_PROXY, a name in NO_PROXY that only looks alike", proxy =>
            [("HTTPS_PROXY", proxy), ("NO_PROXY", ".test.example,est,xapi.example.test")]),
        Past(
            "HTTPS_PROXY in a pod, the server's range in NO_PROXY", "0.0.0.0", [("NO_PROXY", "10.0.0.0/8, 0.0.0.0/8,.svc,.cluster.local")]),
        Past(
            "HTTPS_PROXY, the server's address and port in NO_PROXY", "0.0.0.0",
            scene => [("no_proxy", $"0.0.0.0:{scene.Server.Url.Port}")]),
        Past("HTTPS_PROXY, a star in NO_PROXY", "0.0.0.0", [("NO_PROXY", "*")]),
        Past("HTTPS_PROXY on a laptop, server at 127.0.0.1", "127.0.0.1", []),
        Past("HTTPS_PROXY on a laptop, server at localhost", "localhost", [("NO_PROXY", "corp.example")]),
        new("HTTPS_PROXY that refuses", ConnectionCase.Refused, scene =>
            Set(scene, "0.0.0.0", [("HTTPS_PROXY", scene.StartProxy(refuses: true).Address)]))
        {
            Says = "The proxy does not let us through",
        },
        new("HTTPS_PROXY, another port in NO_PROXY", ConnectionCase.Refused, scene =>
            Set(scene, "0.0.0.0", [("HTTPS_PROXY", scene.StartProxy(refuses: true).Address), ("NO_PROXY", "0.0.0.0:1")])),
        new("HTTPS_PROXY that is no proxy", ConnectionCase.Refused, scene => Set(scene, "0.0.0.0", [("HTTPS_PROXY", "ftp://127.0.0.1:1")]))
        {
            Says = "The variable HTTPS_PROXY is 'ftp://127.0.0.1:1', but must be",
        },
        new("ALL_PROXY and HTTP_PROXY, which are not for https", "token made-up", scene =>
        {
            string proxy = scene.StartProxy(refuses: true).Address;
            Set(scene, "0.0.0.0", [("ALL_PROXY", proxy), ("HTTP_PROXY", proxy), ("all_proxy", proxy), ("http_proxy", proxy)]);
        }),
        new("proxy-url", "token made-up", scene => ByUrl(scene, Nowhere, $"http://{scene.StartProxy().Address}")),
        new("proxy-url with socks5", "token made-up", scene => ByUrl(scene, Nowhere, $"socks5://{scene.StartProxy().Address}")),
        new("proxy-url before NO_PROXY", "token made-up", scene =>
        {
            scene.Environment["NO_PROXY"] = "*";
            ByUrl(scene, Nowhere, $"http://{scene.StartProxy().Address}");
        }),
        new("proxy-url, server at 127.0.0.1", ConnectionCase.Refused, scene =>
            ByUrl(scene, "127.0.0.1", $"http://{scene.StartProxy(refuses: true).Address}"))
        {
            Says = "The proxy does not let us through",
        },
    ];

    private static ConnectionCase Through(string form, Func<string, (string, string)[]> variables, string? user = null) =>
        new(form, "token made-up", scene => Set(scene, Nowhere, variables(scene.StartProxy(user: user).Address)));

    private static ConnectionCase Past(string form, string host, (string, string)[] variables) => Past(form, host, _ => variables);

    private static ConnectionCase Past(string form, string host, Func<ConnectionScene, (string, string)[]> variables) =>
        new(
            form, "token made-up",
            scene => Set(scene, host, [("HTTPS_PROXY", scene.StartProxy(refuses: true).Address), .. variables(scene)]));

    private static void Set(ConnectionScene scene, string host, (string Name, string Value)[] variables)
    {
        foreach ((string name, string value) in variables)
            scene.Environment[name] = value;
        scene.KubeConfig("token: made-up", scene.ClusterAt(host));
    }

    private static void ByUrl(ConnectionScene scene, string host, string url) =>
        scene.KubeConfig("token: made-up", scene.ClusterAt(host, $"proxy-url: \"{url}\""));
}
