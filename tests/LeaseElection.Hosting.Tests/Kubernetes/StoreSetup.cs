using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Kubernetes.Connecting;
using LeaseElection.Hosting.Kubernetes.Credentials;
using LeaseElection.Testing.FakeApiServer;

namespace LeaseElection.Hosting.Tests.Kubernetes;

/// <summary>A store for a fake server: what a test does not say is right.</summary>
internal sealed record StoreSetup(FakeKubeApiServer Server)
{
    public const string Namespace = "default";

    public string LeaseName { get; init; } = "settlement";

    public string LeaseNamespace { get; init; } = Namespace;

    public Uri? Url { get; init; }

    public ClusterUser User { get; init; } = new() { Token = TextSource.Inline("token", FakeKubeApiServer.Token) };

    public TextSource? Authority { get; init; } = TextSource.Inline("ca", Server.Authority.Pem);

    public string? TlsServerName { get; init; }

    public bool SkipTlsVerify { get; init; }

    public Uri? Proxy { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public RecordingLogger<KubernetesLeaseStore> Logger { get; init; } = new();

    public KubernetesConnection Connection => new()
    {
        Server = Url ?? Server.Url,
        Origin = "test",
        User = User,
        CertificateAuthority = Authority,
        TlsServerName = TlsServerName,
        SkipTlsVerify = SkipTlsVerify,
        Proxy = Proxy,
        ConnectTimeout = Records.Patience, // In real time, and the first handshake of a cold process takes what it takes.
    };

    public KubernetesLeaseStore Create() => new(Connection, LeaseNamespace, LeaseName, Time, Logger);

    /// <summary>Many leases over one connection.</summary>
    public KubernetesLeases CreateSource() => new(Connection, LeaseNamespace, Time, Logger);

    /// <summary>What elections of one process share.</summary>
    public SharedLeases CreateShared() => new(Time, Logger);
}
