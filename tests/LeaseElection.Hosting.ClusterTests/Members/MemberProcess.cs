using System.Globalization;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Hosting.ClusterTests.Members;

/// <summary>A <see cref="Member"/> as its parent sees it.</summary>
internal sealed class MemberProcess : IAsyncDisposable
{
    private readonly string _log;
    private readonly GuardedProcess _process;

    private MemberProcess(string identity, string log, GuardedProcess process)
    {
        Identity = identity;
        _log = log;
        _process = process;
    }

    public string Identity { get; }

    public Task<int> Exited => _process.Exited;

    public static async Task<MemberProcess> StartAsync(
        RealApiServer server, ApiServerUser user, string leaseNamespace, DirectoryInfo folder, string identity, TimeSpan lease)
    {
        string log = Path.Combine(folder.FullName, identity);
        string[] settings =
        [
            "LeaseName=settlement",
            $"LeaseNamespace={leaseNamespace}",
            $"Identity={identity}",
            $"Kubernetes:ApiServer={server.Url}",
            $"Kubernetes:TokenFile={user.TokenFile}",
            $"Kubernetes:CertificateAuthorityFile={server.CertificateAuthorityFile}",
            $"Members:LeaseDuration={lease}",
        ];
        GuardedProcess process = await GuardedProcess.StartAsync(
            "dotnet",
            [typeof(MemberProcess).Assembly.Location, Member.Command, .. settings.Select(setting => $"--LeaderElection:{setting}")],
            log);
        return new MemberProcess(identity, log, process);
    }

    public void Send(UnixSignal signal) => _process.Send(signal);

    /// <summary>Waits until it sees exactly these, and returns when it first did after <paramref name="since"/>.</summary>
    public async Task<long> SeesAsync(IReadOnlyCollection<string> identities, long since, TimeSpan patience)
    {
        long? at = null;
        await Polling.UntilAsync(
            () =>
            {
                at = Sights()
                    .Where(
                        sight => sight.At >= since && sight.Identities.Order(StringComparer.Ordinal).SequenceEqual(
                            identities.Order(StringComparer.Ordinal)))
                    .Select(sight => (long?)sight.At)
                    .FirstOrDefault();
                return Task.FromResult(at is not null);
            },
            patience,
            what: $"{Identity} to see {string.Join(' ', identities)}; it wrote:\n{string.Join('\n', ReadLines().TakeLast(20))}");
        return at!.Value;
    }

    public async ValueTask DisposeAsync() => await _process.DisposeAsync();

    private IEnumerable<(long At, string[] Identities)> Sights() =>
        from line in ReadLines()
        where line.StartsWith("sees ", StringComparison.Ordinal)
        let words = line.Split(' ')
        select (long.Parse(words[1], CultureInfo.InvariantCulture), words[2..]);

    /// <summary>Without the last one, which may be half a line.</summary>
    private string[] ReadLines()
    {
        using var file = new FileStream(_log, FileMode.OpenOrCreate, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        return reader.ReadToEnd().Split('\n')[..^1];
    }
}
