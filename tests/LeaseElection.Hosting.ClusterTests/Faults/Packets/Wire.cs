using System.Globalization;
using System.Net;

namespace LeaseElection.Hosting.ClusterTests.Faults.Packets;

/// <summary>A network namespace for one replica, and the virtual Ethernet between it and the <see cref="Hub"/>.</summary>
/// <param name="place">The name of the namespace.</param>
/// <param name="end">The name of the end that is at the hub; the other is <c>eth0</c>.</param>
/// <param name="address">The address of the replica.</param>
internal sealed class Wire(string place, string end, IPAddress address)
{
    /// <summary>No interface has it: who gets a packet for it drops it, and nobody hears of that.</summary>
    private const string Nowhere = "02:00:00:00:00:01";

    /// <summary>The name of the end that is at the hub.</summary>
    public string End => end;

    /// <summary>What a command line begins with that is to run in the namespace.</summary>
    public IReadOnlyList<string> Enter => ["nsenter", $"--net=/run/netns/{place}"];

    public async Task LayAsync()
    {
        await Hub.IpAsync([], [
            $"netns add {place}",
            $"link add {end} type veth peer name eth0 netns {place}",
            $"address add {Hub.Address} peer {address} dev {end}",
            $"link set {end} up",
        ]);
        await Hub.IpAsync(Enter, ["link set lo up", $"address add {address} peer {Hub.Address} dev eth0", "link set eth0 up"]);
    }

    /// <summary>
    /// Makes it a black hole, both ways: the interfaces stay up, and packets vanish. Established connections just get no answer, and so do
    /// new ones.
    /// </summary>
    public Task CutAsync() => Task.WhenAll(
        Hub.IpAsync(Enter, [$"neighbour replace {Hub.Address} lladdr {Nowhere} nud permanent dev eth0"]),
        Hub.IpAsync([], [$"neighbour replace {address} lladdr {Nowhere} nud permanent dev {end}"]));

    /// <summary>Ends <see cref="CutAsync"/>.</summary>
    public Task HealAsync() => Task.WhenAll(
        Hub.IpAsync(Enter, [$"neighbour del {Hub.Address} dev eth0"]),
        Hub.IpAsync([], [$"neighbour del {address} dev {end}"]));

    /// <summary>How many TCP segments have come into the namespace, and how many were sent from it, as the kernel counts.</summary>
    public async Task<(long In, long Out)> CountSegmentsAsync()
    {
        string counts = await Hub.RunAsync([.. Enter, "cat", "/proc/net/snmp"]);
        string[][] tcp =
        [
            .. counts.Split('\n').Where(line => line.StartsWith("Tcp: ", StringComparison.Ordinal)).Select(line => line.Split(' '))
        ];
        return (Count("InSegs"), Count("OutSegs") + Count("RetransSegs")); // What is sent once more is not among what is sent.

        // A line of names, and one of their values.
        long Count(string name) => long.Parse(tcp[1][Array.IndexOf(tcp[0], name)], CultureInfo.InvariantCulture);
    }
}
