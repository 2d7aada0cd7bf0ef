using System.ComponentModel;
using System.Diagnostics;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Testing.Processes;

/// <summary>
/// How a program gets a network, a host name and mounts of its own on this machine: as root, or as anybody where the kernel lets users have
/// namespaces. They are the program's and of what it starts, have no way out of them, and are gone with the last of these processes,
/// however that ends: there is nothing to clean up, and nothing that a killed run could leave behind.
/// </summary>
internal static class NetworkNamespaces
{
    /// <summary>The <c>ip</c> of iproute2, if it is neither in the usual places nor in the cache; set by <c>tests/run</c>.</summary>
    internal const string IpVariable = "LEASEELECTION_IP";

    /// <summary>What <c>unshare</c> may be asked for, the plainest first: whoever is root need not become it.</summary>
    private static readonly string[][] Ways = [["--net", "--mount", "--uts"], ["--user", "--map-root-user", "--net", "--mount", "--uts"]];

    /// <summary>Why to skip, null when to run; the same rules as for the API server.</summary>
    public static string? SkipReason { get; } = ReasonToSkip(Environment.GetEnvironmentVariable);

    /// <summary>The <c>ip</c> of iproute2.</summary>
    public static string Ip => Find(Environment.GetEnvironmentVariable)
        ?? throw new InvalidOperationException("No ip of iproute2 on this machine: run tests/network/install.");

    /// <summary>Starts a program in a namespace that nothing else is in, where it may make others and connect them.</summary>
    /// <exception cref="InvalidOperationException">This machine does not allow it; says why not.</exception>
    public static Task<GuardedProcess> StartAsync(string program, IEnumerable<string> arguments, string log)
    {
        (string[]? way, string complaint) = FindWay(Ip);
        return way is null
            ? throw new InvalidOperationException(complaint)
            : GuardedProcess.StartAsync("unshare", [.. way, program, .. arguments], log);
    }

    internal static string? ReasonToSkip(Func<string, string?> variable)
    {
        if (variable("CI") == "true")
            return null;
        return Find(variable) is { } ip
            ? FindWay(ip) is (null, var complaint) ? complaint : null
            : $"no ip of iproute2 in {IpVariable}, the usual places or the cache: run tests/network/install";
    }

    internal static string? Find(Func<string, string?> variable)
    {
        // Where ip usually is, only root has on the PATH.
        IEnumerable<string> folders = [.. (variable("PATH") ?? "").Split(':'), "/usr/sbin", "/sbin"];
        string?[] places =
        [
            variable(IpVariable), .. folders.Select(folder => Path.Combine(folder, "ip")),
            ToolCache.PathOf(variable, "network", "current", "ip"),
        ];
        return places.FirstOrDefault(program => !string.IsNullOrEmpty(program) && File.Exists(program));
    }

    /// <summary>Tries what is needed: a namespace, the right to change it, and the kernel's virtual Ethernet.</summary>
    private static (string[]? Way, string Complaint) FindWay(string ip)
    {
        string complaint = "";
        foreach (string[] way in Ways)
        {
            string[] probe = [.. way, ip, "link", "add", "probe", "type", "veth"];
            var start = new ProcessStartInfo("unshare", probe) { UseShellExecute = false, RedirectStandardError = true };
            try
            {
                using Process process = Process.Start(start)!;
                complaint = process.StandardError.ReadToEnd();
                process.WaitForExit();
                if (process.ExitCode == 0)
                    return (way, "");
            }
            catch (Win32Exception exception)
            {
                complaint = exception.Message; // There is no unshare here: no Linux.
            }
        }

        return (null, $"no network namespaces of one's own on this machine: {complaint.Trim()}");
    }
}
