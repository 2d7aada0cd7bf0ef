using System.Globalization;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Journal;
using LeaseElection.Testing.Proxy;

namespace LeaseElection.Hosting.ClusterTests.Faults.Processes;

/// <summary>A <see cref="Replica"/> as its parent sees it: its signals, its proxy and what it writes.</summary>
internal sealed class ReplicaProcess : JournaledProcess
{
    private ReplicaProcess(string identity, FaultProxy proxy, WorkJournal journal, string log, GuardedProcess process)
        : base(identity, journal, log, process) => Proxy = proxy;

    public FaultProxy Proxy { get; }

    /// <summary>When the last write that the server confirmed had arrived at the proxy.</summary>
    public long LastRenewal => Proxy.Requests.Newest.Last(request => request is { Verb: "update" or "create", Status: 200 or 201 }).Arrived;

    public static async Task<ReplicaProcess> StartAsync(
        FaultScene scene, DirectoryInfo folder, string identity, params IEnumerable<string> settings)
    {
        ApiServerUser user = await scene.Server.CreateUserAsync(scene.Namespace, FaultScene.Rights);
        FaultProxy proxy = await FaultProxy.StartAsync(scene.Server);
        string log = Path.Combine(folder.FullName, identity);
        string[] all =
        [
            "LeaseName=settlement",
            $"LeaseNamespace={scene.Namespace}",
            $"Identity={identity}",
            $"Kubernetes:ApiServer={proxy.Url}",
            $"Kubernetes:TokenFile={user.TokenFile}",
            $"Kubernetes:CertificateAuthorityFile={scene.Server.CertificateAuthorityFile}",
            $"LeaseDuration={FaultScene.Lease}",
            $"RenewDeadline={FaultScene.Deadline}",
            $"RenewInterval={FaultScene.Interval}",
            $"RetryPeriod={FaultScene.Interval}",
        ];
        IEnumerable<string> arguments =
            all.Select(setting => $"--LeaderElection:{setting}").Concat(settings.Select(setting => $"--{setting}"));
        GuardedProcess process = await GuardedProcess.StartAsync(
            "dotnet", [typeof(ReplicaProcess).Assembly.Location, "replica", .. arguments], log);
        return new ReplicaProcess(identity, proxy, scene.Journal, log, process);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Proxy.DisposeAsync();
    }

    public static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
