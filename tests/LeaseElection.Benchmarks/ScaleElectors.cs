using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;
using k8s;
using k8s.LeaderElection;
using k8s.LeaderElection.ResourceLock;

namespace LeaseElection.Benchmarks;

/// <summary>
/// A process with many electors of KubernetesClient's own, over one client, told by the same variables as ours. It never gives a lease up:
/// after SIGTERM they run out.
/// </summary>
internal static class ScaleElectors
{
    public const string Command = "scale-electors";

    public static async Task RunAsync(int count)
    {
        string identity = Guid.NewGuid().ToString();
        string leaseNamespace = Setting("LeaseNamespace");
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(Setting("Kubernetes__CertificateAuthorityFile"));
        using var client = new Kubernetes(new KubernetesClientConfiguration
        {
            Host = Setting("Kubernetes__ApiServer"),
            AccessToken = (await File.ReadAllTextAsync(Setting("Kubernetes__TokenFile"))).Trim(),
            SslCaCerts = authorities,
        });
        using var stopping = new CancellationTokenSource();
        using PosixSignalRegistration registration = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            stopping.Cancel();
        });
        LeaderElector[] all = [.. Enumerable.Range(0, count).Select(i => Create(client, leaseNamespace, NameOf(i), identity))];
        await Task.WhenAll(all.Select(elector => elector.RunAndTryToHoldLeadershipForeverAsync(stopping.Token)))
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (LeaderElector elector in all)
            elector.Dispose();
    }

    private static LeaderElector Create(Kubernetes client, string leaseNamespace, string lease, string identity)
    {
        var elector = new LeaderElector(new LeaderElectionConfig(new LeaseLock(client, leaseNamespace, lease, identity))
        {
            LeaseDuration = TimeSpan.FromSeconds(15),
            RenewDeadline = TimeSpan.FromSeconds(10),
            RetryPeriod = TimeSpan.FromSeconds(2),
        });
        elector.OnStartedLeading += () => Console.WriteLine("start");
        return elector;
    }

    private static string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"e-{number}");

    private static string Setting(string name) => Environment.GetEnvironmentVariable($"LeaderElection__{name}")!;
}
