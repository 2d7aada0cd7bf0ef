using System.Globalization;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Journal;
using LeaseElection.Testing.Proxy;

namespace LeaseElection.DistributedLock.Tests.Processes;

/// <summary>One lock on a real API server, and processes that take it. What they do is written into one journal.</summary>
internal sealed class LockScene : IAsyncDisposable
{
    public static readonly TimeSpan LeaseDuration = TimeSpan.FromSeconds(3);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("leaseelection-locks-");
    private readonly List<IAsyncDisposable> _started = [];

    private LockScene(RealApiServer server, string leaseNamespace, ApiServerUser user)
    {
        Server = server;
        Namespace = leaseNamespace;
        User = user;
    }

    public RealApiServer Server { get; }

    public string Namespace { get; }

    public ApiServerUser User { get; }

    public WorkJournal Journal { get; } = new();

    public static async Task<LockScene> OpenAsync(RealApiServer server)
    {
        string leaseNamespace = await server.CreateNamespaceAsync();
        return new LockScene(
            server, leaseNamespace, await server.CreateUserAsync(leaseNamespace, PolicyRule.Leases("get", "create", "update", "watch")));
    }

    /// <summary>Settings of the section LeaseLocks.</summary>
    public string[] SettingsFor(string identity, Uri? url = null) =>
    [
        $"LeaseNamespace={Namespace}",
        $"Identity={identity}",
        $"Kubernetes:ApiServer={url ?? Server.Url}",
        $"Kubernetes:TokenFile={User.TokenFile}",
        $"Kubernetes:CertificateAuthorityFile={Server.CertificateAuthorityFile}",
        $"LeaseDuration={LeaseDuration}",
        $"RenewDeadline={LeaseDuration * 0.7}",
        $"RenewInterval={LeaseDuration / 6}",
        $"RetryPeriod={LeaseDuration / 6}",
    ];

    public async Task<JournaledProcess> StartAsync(string identity, FaultProxy? proxy = null)
    {
        string log = Path.Combine(_folder.FullName, identity);
        var process = new JournaledProcess(
            identity, Journal, log, await StartAsync(log, Locker.Command, SettingsFor(identity, proxy?.Url)));
        _started.Add(process);
        return process;
    }

    /// <summary>Runs this assembly with a command and settings to its end.</summary>
    /// <returns>What it has written.</returns>
    public async Task<string> RunAsync(string command)
    {
        string log = Path.Combine(_folder.FullName, command);
        await using GuardedProcess process = await StartAsync(log, command, SettingsFor("me"));
        int code = await process.Exited;
        string said = await File.ReadAllTextAsync(log);
        return code == 0
            ? said
            : throw new InvalidOperationException($"{command} ended with {code.ToString(CultureInfo.InvariantCulture)}:\n{said}");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable one in _started)
            await one.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static Task<GuardedProcess> StartAsync(string log, string command, IEnumerable<string> settings) => GuardedProcess.StartAsync(
        "dotnet", [typeof(LockScene).Assembly.Location, command, .. settings.Select(setting => $"--LeaseLocks:{setting}")], log);
}
