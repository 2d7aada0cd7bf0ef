using System.Security.Cryptography.X509Certificates;
using k8s;
using k8s.LeaderElection;
using k8s.LeaderElection.ResourceLock;

namespace LeaseElection.Benchmarks;

/// <summary>An elector of KubernetesClient's own, at 15/10/2, told by the same variables as ours where to and as whom.</summary>
internal static class TheirElector
{
    /// <summary>What ours has, too, where they are compared.</summary>
    public static readonly TimeSpan
        LeaseDuration = TimeSpan.FromSeconds(15), RenewDeadline = TimeSpan.FromSeconds(10), RetryPeriod = TimeSpan.FromSeconds(2);

    public static string Setting(string name) => Environment.GetEnvironmentVariable("LeaderElection__" + name)!;

    /// <summary>A client of the API server, for one elector or for many.</summary>
    public static async Task<Kubernetes> ConnectAsync()
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(Setting("Kubernetes__CertificateAuthorityFile"));
        return new Kubernetes(new KubernetesClientConfiguration
        {
            Host = Setting("Kubernetes__ApiServer"),
            AccessToken = (await File.ReadAllTextAsync(Setting("Kubernetes__TokenFile"))).Trim(),
            SslCaCerts = authorities,
        });
    }

    public static LeaderElector Create(Kubernetes client, string lease, string identity) => new(
        new LeaderElectionConfig(new LeaseLock(client, Setting("LeaseNamespace"), lease, identity))
        {
            LeaseDuration = LeaseDuration,
            RenewDeadline = RenewDeadline,
            RetryPeriod = RetryPeriod,
        });
}
