using System.Net;
using LeaseElection.Testing.Processes;

namespace LeaseElection.Hosting.ClusterTests.Faults.Packets;

/// <summary>
/// The network namespace that this process is in, made by <see cref="NetworkNamespaces"/>, as the place of an API server. Each replica has
/// a namespace and a wire to here of its own. Addresses are of the range that RFC 2544 sets aside for tests.
/// </summary>
internal sealed class Hub
{
    /// <summary>Where the API server is to listen.</summary>
    public static readonly IPAddress Address = new([198, 18, 0, 1]);

    private int _wires;

    private Hub()
    {
    }

    public static async Task<Hub> OpenAsync()
    {
        // ip keeps the names of namespaces below /run. The mounts of this process are its own, too: no other sees that one, or them.
        await RunAsync(["mount", "-t", "tmpfs", "tmpfs", "/run"]);
        await IpAsync([], ["link set lo up", $"address add {Address} dev lo"]);
        return new Hub();
    }

    /// <summary>Makes a namespace for one replica, from which it can reach the hub and nothing else.</summary>
    public async Task<Wire> LayAsync()
    {
        int number = Interlocked.Increment(ref _wires);
        var wire = new Wire($"replica-{number}", $"wire-{number}", new IPAddress([198, 18, (byte)((number + 1) >> 8), (byte)(number + 1)]));
        await wire.LayAsync();
        return wire;
    }

    /// <summary>Has <c>ip</c> do this here, or in the namespace that <paramref name="enter"/> enters.</summary>
    internal static Task IpAsync(IEnumerable<string> enter, IEnumerable<string> commands) =>
        RunAsync([.. enter, NetworkNamespaces.Ip, "-batch", "-"], string.Join('\n', commands));

    internal static async Task<string> RunAsync(string[] command, string? stdin = null)
    {
        ProgramResult result = await ProgramResult.OfAsync(command[0], command[1..], stdin);
        return result.ExitCode == 0
            ? result.Output
            : throw new InvalidOperationException($"{string.Join(' ', command)}: exit code {result.ExitCode}: {result.Errors}\n{stdin}");
    }
}
