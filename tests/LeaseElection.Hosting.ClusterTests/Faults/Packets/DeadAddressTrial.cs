using System.Net;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Journal;
using LeaseElection.Testing.Processes;
using static LeaseElection.Hosting.ClusterTests.Faults.FaultScene;

namespace LeaseElection.Hosting.ClusterTests.Faults.Packets;

/// <summary>
/// A replica and a real API server that has two addresses, the first of which swallows packets: IPv6 that is announced and leads nowhere.
/// Run as a process of its own, in a network namespace of its own, with a file of hosts of its own.
/// </summary>
internal static class DeadAddressTrial
{
    /// <summary>The first argument of the process.</summary>
    public const string Command = "dead-address-inside";

    private const string Name = "api.example.test";
    private const string DeadAddress = "2001:db8::1"; // Of the range for documentation.

    public static Task<GuardedProcess> StartAsync(string log) =>
        NetworkNamespaces.StartAsync("dotnet", [typeof(DeadAddressTrial).Assembly.Location, Command], log);

    /// <summary>Prints in milliseconds when it led, and after how long it had renewed over a new connection; and its terms.</summary>
    public static async Task RunAsync()
    {
        Hub hub = await Hub.OpenAsync();
        await LeadNowhereAsync(await hub.LayAsync());
        string hosts = Path.GetTempFileName();
        await File.WriteAllTextAsync(hosts, $"127.0.0.1 localhost\n{DeadAddress} {Name}\n127.0.0.1 {Name}\n");
        await Hub.RunAsync(["mount", "--bind", hosts, "/etc/hosts"]);
        IPAddress[] addresses = await Dns.GetHostAddressesAsync(Name);
        if (addresses is not [{ } first, _] || !first.Equals(IPAddress.Parse(DeadAddress)))
            throw new InvalidOperationException(
                $"{Name} is {string.Join<IPAddress>(", ", addresses)}: the dead address must be the first of two.");

        await using RealApiServer server = await RealApiServer.StartAsync(CancellationToken.None);
        await using FaultScene scene = await OpenAsync(server, new ConsoleOutput());
        long started = WorkJournal.Now;
        FaultReplica replica = await scene.StartAsync("a", new FaultReplicaSetup
        {
            Configure = options =>
            {
                options.Kubernetes.ApiServer = options.Kubernetes.ApiServer!.Replace("127.0.0.1", Name, StringComparison.Ordinal);
                (options.LeaseDuration, options.RenewDeadline) = (TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(10));
            },
        });
        WorkSpan work = await replica.WorksAsync();

        await replica.BetweenRenewalsAsync();
        long reset = WorkJournal.Now;
        replica.Proxy.ResetConnections();
        await replica.RenewsAsync(after: reset);
        long renewed = replica.LastRenewal;
        await PassAsync(Deadline);
        Console.WriteLine(
            $"{Between(started, work.Start).TotalMilliseconds:0} {Between(reset, renewed).TotalMilliseconds:0} {replica.Spans.Count}");
    }

    /// <summary>Has packets for the dead address leave by the wire, for a neighbour that does not exist.</summary>
    private static Task LeadNowhereAsync(Wire wire) => Hub.IpAsync([], [
        $"address add 2001:db8::2/64 dev {wire.End} nodad",
        $"neighbour replace {DeadAddress} lladdr 02:00:00:00:00:01 nud permanent dev {wire.End}",
    ]);
}
