using System.Text.Json.Nodes;

namespace LeaseElection.Chart.Tests;

/// <summary>
/// The profile "restricted" of Kubernetes' Pod Security Standards, as it is documented, for Linux: an API server has it from 1.23 on only.
/// https://kubernetes.io/docs/concepts/security/pod-security-standards/
/// </summary>
internal static class PodSecurity
{
    private static readonly string[] Namespaces = ["hostNetwork", "hostPID", "hostIPC"];

    private static readonly string[] Volumes =
        ["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"];

    private static readonly string[] Sysctls =
    [
        "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start", "net.ipv4.tcp_syncookies",
        "net.ipv4.ping_group_range", "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes",
    ];

    private static readonly string[] SeLinuxTypes = ["container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

    private static readonly string[] Handlers = ["startupProbe", "livenessProbe", "readinessProbe"];

    /// <summary>What of a Pod it refuses; nothing, if it takes it.</summary>
    public static string[] Refusals(JsonObject pod)
    {
        JsonNode? context = pod["securityContext"];
        IEnumerable<string?> ofPod =
        [
            .. Namespaces.Where(name => Is(pod[name], true)),
            .. Items(pod["volumes"]).SelectMany(
                volume => volume!.AsObject().Select(pair => pair.Key)).Where(key => key != "name").Except(Volumes),
            .. Items(context?["sysctls"]).Select(sysctl => (string?)sysctl!["name"]).Except(Sysctls),
            .. OfContext(context),
        ];
        return [.. ofPod.OfType<string>(), .. Containers(pod).SelectMany(container => OfContainer(container, context))];
    }

    private static IEnumerable<JsonObject> Containers(JsonObject pod) =>
        Items(pod["initContainers"]).Concat(Items(pod["containers"])).Select(container => container!.AsObject());

    private static IEnumerable<string> OfContainer(JsonObject container, JsonNode? pod)
    {
        JsonNode? own = container["securityContext"];
        foreach (string refusal in OfContext(own))
            yield return refusal;
        if (Is(own?["privileged"], true))
            yield return "privileged";
        if (!Is(own?["allowPrivilegeEscalation"], false))
            yield return "allowPrivilegeEscalation";
        if (!Items(own?["capabilities"]?["drop"]).Any(one => (string?)one == "ALL"))
            yield return "capabilities.drop";
        if (Items(own?["capabilities"]?["add"]).Any(one => (string?)one != "NET_BIND_SERVICE"))
            yield return "capabilities.add";
        if ((string?)own?["procMount"] is not (null or "Default"))
            yield return "procMount";
        if (!Is(own?["runAsNonRoot"] ?? pod?["runAsNonRoot"], true))
            yield return "runAsNonRoot";
        if ((string?)(own?["seccompProfile"] ?? pod?["seccompProfile"])?["type"] is not ("RuntimeDefault" or "Localhost"))
            yield return "seccompProfile";
        if (Items(container["ports"]).Any(port => (int?)port!["hostPort"] is not (null or 0)))
            yield return "hostPort";
        if (Handlers.Any(handler => HasHost(container[handler])) || HasHost(container["lifecycle"]?["preStop"])
            || HasHost(container["lifecycle"]?["postStart"]))
            yield return "host of a probe";
    }

    private static IEnumerable<string> OfContext(JsonNode? context)
    {
        if ((int?)context?["runAsUser"] is 0)
            yield return "runAsUser";
        if ((string?)context?["appArmorProfile"]?["type"] is not (null or "RuntimeDefault" or "Localhost"))
            yield return "appArmorProfile";
        if (context?["seLinuxOptions"] is { } options
            && (options["user"] is not null || options["role"] is not null
                || (options["type"] is { } type && !SeLinuxTypes.Contains((string)type!))))
        {
            yield return "seLinuxOptions";
        }

        if (Is(context?["windowsOptions"]?["hostProcess"], true))
            yield return "hostProcess";
    }

    private static bool HasHost(JsonNode? handler) => ((string?)(handler?["httpGet"] ?? handler?["tcpSocket"])?["host"]) is { Length: > 0 };

    private static bool Is(JsonNode? node, bool value) => (bool?)node == value;

    private static JsonArray Items(JsonNode? node) => node as JsonArray ?? [];
}
