using LeaseElection.Testing.Processes;

namespace LeaseElection.Sidecar.Tests.Processes;

/// <summary>Parts of what a shell does in a network of its own before it becomes a sidecar.</summary>
internal static class NamespaceScript
{
    /// <summary>A loopback, as a container has it, and the file of hosts that the kubelet and Docker write there.</summary>
    public static string Loopback(string folder) => $"""
        {NetworkNamespaces.Ip} link set lo up
        printf '127.0.0.1 localhost\n::1 localhost ip6-localhost\n' >{folder}/hosts
        mount --bind {folder}/hosts /etc/hosts
        """;

    public const string WithoutIPv6 = """
        for interface in all lo; do echo 1 >/proc/sys/net/ipv6/conf/$interface/disable_ipv6; done
        """;

    /// <summary>What curl prints, on a machine that may have none: <c>ask HOST</c>.</summary>
    public const string Ask = """
        ask() { { exec 7<>/dev/tcp/$1/4040 && printf 'GET / HTTP/1.0\r\n\r\n' >&7 && sed '1,/^\r$/d' <&7; } 2>/dev/null; }
        """;
}
