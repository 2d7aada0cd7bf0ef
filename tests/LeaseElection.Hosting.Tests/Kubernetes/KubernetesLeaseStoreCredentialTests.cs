using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Kubernetes.Credentials;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.FakeApiServer;
using Microsoft.Extensions.Logging;
using static LeaseElection.Hosting.Tests.Kubernetes.Records;
using WatchReader = LeaseElection.Testing.Contracts.LeaseWatchReader;

namespace LeaseElection.Hosting.Tests.Kubernetes;

/// <summary>Tokens and certificates that change while the store runs, and servers that are not whom they should be.</summary>
public sealed class KubernetesLeaseStoreCredentialTests : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ShiftedTimeProvider _time = new();
    private FakeKubeApiServer _server = null!;

    public async Task InitializeAsync() => _server = await FakeKubeApiServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Token_RotatedAndTheOldOneStillGood_NewOneUsedAfterAMinute()
    {
        (StoreSetup setup, string file) = WithTokenFile("first");
        _server.Users["second"] = new FakeUser("app", "*");
        await using KubernetesLeaseStore store = setup.Create();
        await store.ReadAsync(Patience, default);
        await File.WriteAllTextAsync(file, "second\n");

        await store.ReadAsync(Patience, default);
        _time.Advance(TimeSpan.FromSeconds(61));
        await store.ReadAsync(Patience, default);

        Assert.Equal(["Bearer first", "Bearer first", "Bearer second"], Tokens());
    }

    [Fact]
    public async Task Impersonation_EveryRequestAndTheWatch_SayWhomTheyActAs()
    {
        var boss = new Impersonation(
            "bo ss", "42", ["staff", "a, b"], new Dictionary<string, IReadOnlyList<string>> { ["Re/ason"] = ["x", "y"] });
        var setup = new StoreSetup(_server)
        {
            User = new ClusterUser { Token = TextSource.Inline("token", FakeKubeApiServer.Token), Impersonation = boss },
        };
        await using KubernetesLeaseStore store = setup.Create();
        Lease lease = await store.CreateLeaseAsync();
        await using var watch = new WatchReader(store, lease.ResourceVersion, Patience);
        await store.ReplaceAsync(lease, Held("a", 1), Patience, default);
        await watch.NextAsync<LeaseEvent.Changed>();

        Assert.Equal(["create", "update", "watch"], _server.Requests.Select(request => request.Verb).Order());
        Assert.All(_server.Requests, request =>
        {
            Assert.Equal("bo ss", request.Headers["Impersonate-User"]);
            Assert.Equal("42", request.Headers["Impersonate-Uid"]);
            // Joined by the fake: of one header "staff, a, b" there would be a space after the first comma.
            Assert.Equal("staff,a, b", request.Headers["Impersonate-Group"]);
            Assert.Equal("x,y", request.Headers["Impersonate-Extra-Re%2Fason"]);
        });
    }

    [Fact]
    public async Task Token_RejectedAndRotated_ReadAnewAndRetriedAtOnce()
    {
        (StoreSetup setup, string file) = WithTokenFile("first");
        await using KubernetesLeaseStore store = setup.Create();
        Lease lease = await store.CreateLeaseAsync();
        await File.WriteAllTextAsync(file, "second");
        Assert.True(_server.Users.TryRemove("first", out FakeUser? user));
        _server.Users["second"] = user;

        Assert.IsType<LeaseReply.Found>(await store.ReplaceAsync(lease, Held("a", 1), Patience, default));

        Assert.Equal(["Bearer first", "Bearer first", "Bearer second"], Tokens());
        AssertNoTokenLogged(setup, "first", "second");
    }

    [Fact]
    public async Task Token_RejectedAndNotRotated_NotSentTwice()
    {
        (StoreSetup setup, _) = WithTokenFile("first");
        _server.Users.TryRemove("first", out _);
        await using KubernetesLeaseStore store = setup.Create();

        Failed(LeaseStoreErrorKind.Unauthorized, await store.CreateAsync(Held("a"), Patience, default));

        Assert.Equal(["Bearer first"], Tokens());
    }

    [Fact]
    public async Task Token_RotatedButTheNewOneIsRejectedToo_OneRetryOnly()
    {
        (StoreSetup setup, string file) = WithTokenFile("first");
        await using KubernetesLeaseStore store = setup.Create();
        await store.ReadAsync(Patience, default);
        _server.Users.TryRemove("first", out _);
        await File.WriteAllTextAsync(file, "second");

        Failed(LeaseStoreErrorKind.Unauthorized, await store.ReadAsync(Patience, default));

        Assert.Equal(["Bearer first", "Bearer first", "Bearer second"], Tokens());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("two words")]
    public async Task Token_FileUnusableForAWhile_OldOneKept(string? content)
    {
        (StoreSetup setup, string file) = WithTokenFile("first");
        await using KubernetesLeaseStore store = setup.Create();
        await store.ReadAsync(Patience, default);
        if (content is null)
            File.Delete(file);
        else
            await File.WriteAllTextAsync(file, content);
        _time.Advance(TimeSpan.FromSeconds(61));

        Assert.IsType<LeaseReply.Absent>(await store.ReadAsync(Patience, default));

        Assert.Contains(setup.Logger.Lines, line => line.Level == LogLevel.Warning && line.Text.Contains(file, StringComparison.Ordinal));
        AssertNoTokenLogged(setup, "two words");
    }

    [Fact]
    public async Task Token_FileNeverThere_FailedCredentialsNamesTheFile()
    {
        string file = Path.Combine(_folder.Path, "missing");
        await using KubernetesLeaseStore store =
            new StoreSetup(_server) { User = new ClusterUser { Token = TextSource.FromFile(file) } }.Create();

        string message = Failed(LeaseStoreErrorKind.Credentials, await store.CreateAsync(Held("a"), Patience, default)).Message;

        Assert.Contains(file, message, StringComparison.Ordinal);
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public async Task Authority_Replaced_NewOneUsedAfterAMinuteAndOldOneNoMore()
    {
        string file = Path.Combine(_folder.Path, "ca.crt");
        await File.WriteAllTextAsync(file, _server.Authority.Pem);
        await using KubernetesLeaseStore store =
            new StoreSetup(_server) { Authority = TextSource.FromFile(file), Time = _time }.Create();
        Assert.IsType<LeaseReply.Absent>(await store.ReadAsync(Patience, default));

        using var stranger = new CertificateAuthority();
        await File.WriteAllTextAsync(file, stranger.Pem);
        Assert.IsType<LeaseReply.Absent>(await store.ReadAsync(Patience, default));
        _time.Advance(TimeSpan.FromSeconds(61));
        Failed(LeaseStoreErrorKind.Tls, await store.ReadAsync(Patience, default));

        _server.ChangeAuthority();
        await File.WriteAllTextAsync(file, _server.Authority.Pem);
        _time.Advance(TimeSpan.FromSeconds(61));
        Assert.IsType<LeaseReply.Absent>(await store.ReadAsync(Patience, default));
    }

    [Fact]
    public async Task Authority_Rotated_ReadAgainAfterTheFirstRefusal()
    {
        string file = Path.Combine(_folder.Path, "ca.crt");
        await File.WriteAllTextAsync(file, _server.Authority.Pem);
        await using KubernetesLeaseStore store = new StoreSetup(_server) { Authority = TextSource.FromFile(file), Time = _time }.Create();
        Assert.IsType<LeaseReply.Absent>(await store.ReadAsync(Patience, default));

        // Both at once, and a connection that has to be made again. Not a minute passes.
        _server.ChangeAuthority();
        await File.WriteAllTextAsync(file, _server.Authority.Pem);
        _server.Faults.Add(new Fault { Kind = FaultKind.Reset });
        Failed(LeaseStoreErrorKind.Network, await store.ReadAsync(Patience, default));
        Failed(LeaseStoreErrorKind.Tls, await store.ReadAsync(Patience, default));

        Assert.IsType<LeaseReply.Absent>(await store.ReadAsync(Patience, default));
    }

    [Fact]
    public async Task Authority_TwoInTheFile_BothTrusted()
    {
        using var other = new CertificateAuthority();
        TextSource both = TextSource.Inline("ca", other.Pem + "\n" + _server.Authority.Pem);
        await using KubernetesLeaseStore store = new StoreSetup(_server) { Authority = both }.Create();

        Assert.IsType<LeaseReply.Absent>(await store.ReadAsync(Patience, default));
    }

    [Fact]
    public async Task Server_SignedBySomebodyElse_FailedTlsAndTheTokenStaysHere()
    {
        using var stranger = new CertificateAuthority();
        await using KubernetesLeaseStore store = new StoreSetup(_server) { Authority = TextSource.Inline("ca", stranger.Pem) }.Create();

        string message = Failed(LeaseStoreErrorKind.Tls, await store.CreateAsync(Held("a"), Patience, default)).Message;

        Assert.Contains("certificate authority", message, StringComparison.Ordinal);
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public async Task Server_NoAuthorityConfigured_SystemsOnesDecide()
    {
        await using KubernetesLeaseStore store = new StoreSetup(_server) { Authority = null }.Create();

        Failed(LeaseStoreErrorKind.Tls, await store.ReadAsync(Patience, default));
    }

    [Fact]
    public async Task Server_CertificateForAnotherName_FailedTls()
    {
        await using KubernetesLeaseStore store = new StoreSetup(_server) { TlsServerName = "kubernetes.example.com" }.Create();

        string message = Failed(LeaseStoreErrorKind.Tls, await store.ReadAsync(Patience, default)).Message;
        Assert.Contains(
            "its certificate is for localhost, api.example.test, 127.0.0.1, ::1, 0.0.0.0, ::, and not for kubernetes.example.com.", message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_TlsServerName_CheckedInsteadOfTheHost()
    {
        await using KubernetesLeaseStore store = new StoreSetup(_server) { TlsServerName = "localhost" }.Create();

        Assert.IsType<LeaseReply.Absent>(await store.ReadAsync(Patience, default));
    }

    [Fact]
    public async Task Server_VerificationSkipped_WorksAndWarns()
    {
        var setup = new StoreSetup(_server) { Authority = null, SkipTlsVerify = true };
        await using KubernetesLeaseStore store = setup.Create();

        Assert.IsType<LeaseReply.Absent>(await store.ReadAsync(Patience, default));

        Assert.Contains(setup.Logger.Lines, line => line is { Level: LogLevel.Warning, Id.Name: "TlsNotVerified" });
    }

    [Fact]
    public async Task ClientCertificate_InsteadOfAToken_KnowsTheUser()
    {
        (string certificate, string key) = _server.Authority.IssueForClient("certified", []);
        _server.Users["certified"] = new FakeUser("certified", "*");
        await using KubernetesLeaseStore store = new StoreSetup(_server)
        {
            User = new ClusterUser
            {
                ClientCertificate = TextSource.Inline("certificate", certificate),
                ClientKey = TextSource.Inline("key", key),
            },
        }.Create();

        Assert.IsType<LeaseReply.Absent>(await store.ReadAsync(Patience, default));
        Assert.DoesNotContain("Authorization", Assert.Single(_server.Requests).Headers.Keys);
    }

    private (StoreSetup Setup, string File) WithTokenFile(string token)
    {
        string file = Path.Combine(_folder.Path, "token");
        File.WriteAllText(file, token);
        _server.Users[token] = new FakeUser("app", "*");
        return (new StoreSetup(_server) { User = new ClusterUser { Token = TextSource.FromFile(file) }, Time = _time }, file);
    }

    private IEnumerable<string> Tokens() => _server.Requests.Select(request => request.Headers["Authorization"]);

    private static void AssertNoTokenLogged(StoreSetup setup, params string[] tokens) =>
        Assert.All(tokens, token => Assert.DoesNotContain(setup.Logger.Lines, line => line.Text.Contains(token, StringComparison.Ordinal)));
}
