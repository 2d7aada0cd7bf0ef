using System.Net;

namespace LeaseElection.Testing.ApiServer;

/// <summary>The two processes, etcd and kube-apiserver, on ports of their own.</summary>
internal sealed class ControlPlane : IAsyncDisposable
{
    // Two seconds are usual; a build on the same two cores may run beside it.
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(60);

    /// <summary>For one of many looks: what a server was asked while its store came back is perhaps never answered.</summary>
    private static readonly TimeSpan LookLimit = TimeSpan.FromSeconds(10);

    private readonly ApiServerAssets _assets;
    private readonly ControlPlaneFiles _files;
    private readonly int[] _ports = UnusedPorts.Take(3);
    private readonly ApiServerClient _admin;
    private readonly List<GuardedProcess> _killedEtcds = [];
    private GuardedProcess? _etcd;
    private GuardedProcess? _apiServer;

    public ControlPlane(ApiServerAssets assets, ControlPlaneFiles files, IPAddress address)
    {
        _assets = assets;
        _files = files;
        Url = new Uri($"https://{address}:{_ports[0]}");
        _admin = ClientFor(files.AdminToken);
    }

    public Uri Url { get; }

    public GuardedProcess Etcd => _etcd ?? throw new InvalidOperationException("etcd was not started");

    public GuardedProcess ApiServer => _apiServer ?? throw new InvalidOperationException("kube-apiserver was not started");

    /// <summary>Some other process took a port between our look and the server's; other ports will do.</summary>
    public bool LostAPort => _files.TailOfLogs().Contains("address already in use", StringComparison.Ordinal);

    private string EtcdUrl => $"http://127.0.0.1:{_ports[1]}";

    private string EtcdPeerUrl => $"http://127.0.0.1:{_ports[2]}";

    public ApiServerClient ClientFor(string token) => new(Url, _files.AuthorityPem, token);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await StartEtcdAsync();
        await StartApiServerAsync(cancellationToken);
    }

    /// <summary>Starts etcd, at first or again, on the same ports and the same data.</summary>
    public async Task StartEtcdAsync()
    {
        string[] flags = [
            $"--data-dir={_files.EtcdData}",
            $"--listen-client-urls={EtcdUrl}",
            $"--advertise-client-urls={EtcdUrl}",
            $"--listen-peer-urls={EtcdPeerUrl}",
            $"--initial-advertise-peer-urls={EtcdPeerUrl}",
            $"--initial-cluster=default={EtcdPeerUrl}",
        ];
        _etcd = await GuardedProcess.StartAsync(_assets.Etcd, flags, _files.EtcdLog, removeAtEnd: _files.EtcdData);
    }

    /// <summary>Kills etcd. Its guard stays, because it takes the data with it when it goes.</summary>
    public async Task KillEtcdAsync()
    {
        Etcd.Send(UnixSignal.Kill);
        await Etcd.Exited;
        _killedEtcds.Add(Etcd);
    }

    /// <summary>Waits until the server says that it is ready, its store included.</summary>
    public Task WaitUntilReadyAsync(CancellationToken cancellationToken) =>
        Polling.UntilAsync(() => IsReadyAsync(cancellationToken), StartDeadline, cancellationToken, "/readyz");

    /// <summary>Starts kube-apiserver, at first or again, on the same port and the same etcd.</summary>
    public async Task StartApiServerAsync(CancellationToken cancellationToken)
    {
        string[] flags = [
            $"--etcd-servers={EtcdUrl}",
            $"--secure-port={Url.Port}",
            $"--bind-address={Url.Host}",
            $"--advertise-address={Url.Host}",
            "--endpoint-reconciler-type=none",
            $"--tls-cert-file={_files.ServingCertificate}",
            $"--tls-private-key-file={_files.ServingKey}",
            $"--client-ca-file={_files.AuthorityFile}",
            $"--token-auth-file={_files.TokenTable}",
            "--authorization-mode=RBAC",
            "--disable-admission-plugins=ServiceAccount",
            "--enable-admission-plugins=OwnerReferencesPermissionEnforcement", // As on OpenShift: who sets an owner needs rights for it.
            $"--service-account-issuer={Url}",
            $"--service-account-key-file={_files.ServiceAccountKey}",
            $"--service-account-signing-key-file={_files.ServiceAccountKey}",
            "--service-cluster-ip-range=10.0.0.0/24",
        ];
        _apiServer = await GuardedProcess.StartAsync(_assets.KubeApiServer, flags, _files.ApiServerLog);
        await WaitUntilReadyAsync(cancellationToken);
    }

    public async Task StopApiServerAsync() => await ApiServer.DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        _admin.Dispose();
        if (_apiServer is not null)
        {
            await _apiServer.DisposeAsync();
        }

        if (_etcd is not null)
        {
            await _etcd.DisposeAsync();
        }

        foreach (GuardedProcess etcd in _killedEtcds)
        {
            await etcd.DisposeAsync();
        }
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        if (Etcd.Exited.IsCompleted || ApiServer.Exited.IsCompleted)
        {
            throw new InvalidOperationException("etcd or kube-apiserver has ended while starting");
        }

        using var look = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        look.CancelAfter(LookLimit);
        try
        {
            return await _admin.GetTextAsync("/readyz", look.Token) == "ok";
        }
        catch (Exception exception) when (exception is HttpRequestException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // Refused, not ready, or no answer in time, as when its store has just come back.
            return false;
        }
    }
}
