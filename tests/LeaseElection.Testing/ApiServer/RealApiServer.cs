using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;

namespace LeaseElection.Testing.ApiServer;

/// <summary>
/// A real kube-apiserver with its etcd: what a fake only assumes (409 on a stale version, 403 from RBAC, bookmarks,
/// how a frozen or killed server looks to a client) is so here. No kubelet, no controllers: pods never run.
/// </summary>
public sealed class RealApiServer : IAsyncDisposable
{
    private readonly ControlPlaneFiles _files;
    private readonly ControlPlane _plane;
    private readonly AccessControl _access;
    private readonly Kubectl _kubectl;
    private int _namespaces;
    private int _users;

    private RealApiServer(ApiServerAssets assets, IPAddress address)
    {
        _files = new ControlPlaneFiles(address);
        _plane = new ControlPlane(assets, _files, address);
        Admin = ClientFor(AdminToken);
        AdminKubeConfigFile = _files.WriteAdminKubeConfig(Url);
        _access = new AccessControl(Admin, ClientFor);
        _kubectl = new Kubectl(assets.Kubectl, AdminKubeConfigFile, _files.KubectlCache);
    }

    /// <summary>Where it listens: https, 127.0.0.1 unless told otherwise; stays the same over a restart.</summary>
    public Uri Url => _plane.Url;

    /// <summary>The file with the certificate of the authority that signed the server's.</summary>
    public string CertificateAuthorityFile => _files.AuthorityFile;

    /// <summary>The content of <see cref="CertificateAuthorityFile"/>.</summary>
    public string CertificateAuthorityPem => _files.AuthorityPem;

    /// <summary>Who signed the server's certificate, for one that is to be taken for the server.</summary>
    internal CertificateAuthority Authority => _files.Authority;

    /// <summary>The bearer token of somebody who may do everything.</summary>
    public string AdminToken => _files.AdminToken;

    /// <summary>A kubeconfig for the same, for <c>kubectl</c> and for tools under test.</summary>
    public string AdminKubeConfigFile { get; }

    /// <summary>REST as somebody who may do everything.</summary>
    public ApiServerClient Admin { get; }

    /// <summary>The process id of kube-apiserver; another one after a restart.</summary>
    public int Pid => _plane.ApiServer.Pid;

    /// <summary>The process id of etcd.</summary>
    public int EtcdPid => _plane.Etcd.Pid;

    /// <summary>Starts both processes and waits until the server says that it is ready.</summary>
    /// <exception cref="InvalidOperationException">It cannot start: says why, with the end of the logs.</exception>
    public static Task<RealApiServer> StartAsync(CancellationToken cancellationToken) => StartAsync(IPAddress.Loopback, cancellationToken);

    /// <summary>The same at an IPv4 address of this machine that others than this machine may reach.</summary>
    internal static async Task<RealApiServer> StartAsync(IPAddress address, CancellationToken cancellationToken)
    {
        var assets = ApiServerAssets.Current;
        if (assets.MissingReason is { } reason)
        {
            throw new InvalidOperationException(reason);
        }

        for (var attempt = 1; ; attempt++)
        {
            var server = new RealApiServer(assets, address);
            try
            {
                await server._plane.StartAsync(cancellationToken);
                return server;
            }
            catch (Exception exception)
            {
                var (lostAPort, logs) = (server._plane.LostAPort, server._files.TailOfLogs());
                await server.DisposeAsync();
                if (exception is OperationCanceledException)
                {
                    throw;
                }

                if (!lostAPort || attempt == 2)
                {
                    throw new InvalidOperationException($"The API server did not start: {exception.Message}\n{logs}", exception);
                }
            }
        }
    }

    /// <summary>REST as the owner of a token.</summary>
    public ApiServerClient ClientFor(string token) => _plane.ClientFor(token);

    /// <summary>REST as the owner of a client certificate.</summary>
    public ApiServerClient ClientFor(string certificatePem, string keyPem) =>
        new(Url, CertificateAuthorityPem, certificate: X509Certificate2.CreateFromPem(certificatePem, keyPem));

    /// <summary>Makes a namespace that no other test has.</summary>
    public async Task<string> CreateNamespaceAsync()
    {
        var name = $"test-{Interlocked.Increment(ref _namespaces):0000}";
        await Admin.SendAsync(HttpMethod.Post, "/api/v1/namespaces", new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Namespace",
            ["metadata"] = new JsonObject { ["name"] = name },
        });
        return name;
    }

    /// <summary>Takes a user that no other test has and lets him do exactly this in the namespace.</summary>
    public async Task<ApiServerUser> CreateUserAsync(string @namespace, params PolicyRule[] rules)
    {
        var user = _files.UserPool.ElementAtOrDefault(Interlocked.Increment(ref _users) - 1)
            ?? throw new InvalidOperationException($"All {_files.UserPool.Count} users are taken.");
        await GrantAsync(user, @namespace, rules);
        return user;
    }

    /// <summary>From now on the user may do exactly this in the namespace; returns when the authorizer knows.</summary>
    public Task GrantAsync(ApiServerUser user, string @namespace, params PolicyRule[] rules) =>
        _access.SetAsync(user, @namespace, rules);

    /// <summary>From now on the user may do nothing in the namespace; returns when the authorizer knows.</summary>
    public Task RevokeAsync(ApiServerUser user, string @namespace) => _access.SetAsync(user, @namespace, []);

    /// <summary>Makes a certificate that the server takes for the user, who is in these groups.</summary>
    public (string CertificatePem, string KeyPem) CreateClientCertificate(string userName, params string[] groups) =>
        _files.CreateClientCertificate(userName, groups);

    /// <summary>
    /// The requests on Leases that the server has answered since it started, per verb (<c>GET</c>, <c>PUT</c>,
    /// <c>WATCH</c>, …). A watch counts when it ends. A newer server keeps a Lease for itself: compare differences.
    /// </summary>
    public async Task<IReadOnlyDictionary<string, double>> CountLeaseRequestsAsync() =>
        LeaseRequests.Count(await Admin.GetTextAsync("/metrics"));

    /// <summary>How many requests, on anything and by anybody, it has refused for want of a right.</summary>
    public async Task<double> CountRefusedRequestsAsync() => LeaseRequests.CountRefused(await Admin.GetTextAsync("/metrics"));

    /// <summary>The <c>kubectl</c> that goes with the server.</summary>
    public string KubectlProgram => _kubectl.Program;

    /// <summary>Runs <c>kubectl</c> as admin and returns its output.</summary>
    /// <exception cref="InvalidOperationException">Its exit code was not 0: carries its stderr.</exception>
    public Task<string> KubectlAsync(string? stdin, params string[] args) => _kubectl.RunAsync(stdin, args);

    /// <summary>Freezes kube-apiserver: connections stay open and nothing is answered, as in an outage.</summary>
    public Task PauseAsync() => _plane.ApiServer.PauseAsync();

    /// <summary>Ends <see cref="PauseAsync"/>; what was sent in between is answered now.</summary>
    public Task ResumeAsync()
    {
        _plane.ApiServer.Send(UnixSignal.Continue);
        return Task.CompletedTask;
    }

    /// <summary>Kills kube-apiserver: connections break and new ones are refused. etcd keeps the data.</summary>
    public Task KillAsync() => _plane.StopApiServerAsync();

    /// <summary>Starts kube-apiserver again at the same address, killing it before if it runs.</summary>
    public async Task RestartAsync()
    {
        await KillAsync();
        await _plane.StartApiServerAsync(CancellationToken.None);
    }

    /// <summary>
    /// Kills etcd: every request that reads or writes fails until <see cref="RestartEtcdAsync"/>. What it has confirmed it has on disk.
    /// </summary>
    public Task KillEtcdAsync() => _plane.KillEtcdAsync();

    /// <summary>Starts etcd again on the same data; returns when the API server serves from it.</summary>
    public async Task RestartEtcdAsync()
    {
        await _plane.StartEtcdAsync();
        await _plane.WaitUntilReadyAsync(CancellationToken.None);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        await _plane.DisposeAsync();
        _files.Dispose();
    }
}
