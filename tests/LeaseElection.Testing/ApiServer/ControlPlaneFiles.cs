using System.Net;
using System.Security.Cryptography;

namespace LeaseElection.Testing.ApiServer;

/// <summary>Everything that one control plane reads and writes, in a temporary directory of its own.</summary>
internal sealed class ControlPlaneFiles : IDisposable
{
    private const int Users = 500;
    private const long EtcdNeeds = 512L << 20;

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("lease-election-apiserver-");
    private readonly CertificateAuthority _authority = new();

    public ControlPlaneFiles(IPAddress address)
    {
        Directory.CreateDirectory(PathOf("tokens"));
        EtcdData = EtcdDataDirectory();
        AuthorityFile = Write("ca.crt", _authority.Pem);
        AdminToken = Write("admin.token", RandomNumberGenerator.GetHexString(32, lowercase: true));
        var (certificate, key) = _authority.IssueForServer(address);
        ServingCertificate = Write("server.crt", certificate);
        ServingKey = Write("server.key", key);
        using var serviceAccounts = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        ServiceAccountKey = Write("service-accounts.key", serviceAccounts.ExportECPrivateKeyPem());

        // The API server reads the file once, so whoever is to have a token must be in it from the start.
        UserPool = [.. Enumerable.Range(1, Users).Select(NewUser)];
        TokenTable = Write("tokens.csv", string.Join('\n',
            UserPool.Select(user => $"{user.Token},{user.Name},{user.Name}")
                .Prepend($"{AdminToken},admin,admin,\"system:masters\"")));
    }

    public string EtcdData { get; }

    public string AuthorityFile { get; }

    public CertificateAuthority Authority => _authority;

    public string AuthorityPem => _authority.Pem;

    public string ServingCertificate { get; }

    public string ServingKey { get; }

    public string ServiceAccountKey { get; }

    public string TokenTable { get; }

    public string AdminToken { get; }

    public IReadOnlyList<ApiServerUser> UserPool { get; }

    public string EtcdLog => PathOf("etcd.log");

    public string ApiServerLog => PathOf("kube-apiserver.log");

    public string KubectlCache => PathOf("kubectl");

    public (string CertificatePem, string KeyPem) CreateClientCertificate(string userName, string[] groups) =>
        _authority.IssueForClient(userName, groups);

    public string WriteAdminKubeConfig(Uri url) => Write("admin.kubeconfig", $$"""
        apiVersion: v1
        kind: Config
        current-context: test
        clusters: [{ name: test, cluster: { server: "{{url}}", certificate-authority: "{{AuthorityFile}}" } }]
        users: [{ name: admin, user: { token: "{{AdminToken}}" } }]
        contexts: [{ name: test, context: { cluster: test, user: admin } }]
        """);

    /// <summary>The last lines of both logs, for the message of an exception.</summary>
    public string TailOfLogs() => string.Join('\n',
        from log in new[] { EtcdLog, ApiServerLog }
        where File.Exists(log)
        from line in File.ReadLines(log).TakeLast(15).Prepend($"--- {log}")
        select line);

    public void Dispose()
    {
        _authority.Dispose();
        _root.Delete(recursive: true);
    }

    // Every write waits for the disk; memory makes the figures those of the API server. Not if it is scarce: in a
    // container it often has 64 MB, and etcd reserves as much for its first file.
    private string EtcdDataDirectory()
    {
        var memory = new DriveInfo("/dev/shm");
        return memory.IsReady && memory.AvailableFreeSpace > EtcdNeeds
            ? Path.Combine(memory.Name, _root.Name)
            : PathOf("etcd");
    }

    private ApiServerUser NewUser(int number)
    {
        var token = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var name = $"user-{number:0000}";
        return new ApiServerUser(name, token, Write(Path.Combine("tokens", name), token));
    }

    private string PathOf(string name) => Path.Combine(_root.FullName, name);

    private string Write(string name, string content)
    {
        File.WriteAllText(PathOf(name), content);
        return PathOf(name);
    }
}
