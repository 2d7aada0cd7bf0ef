using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Kubernetes.Connecting;
using LeaseElection.Hosting.Kubernetes.Credentials;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Time;
using static LeaseElection.Hosting.Tests.Kubernetes.Records;

namespace LeaseElection.Hosting.Tests.Kubernetes.Connecting;

/// <summary>What is taken of what the app says later, and how often its code is called for it.</summary>
public sealed class GivenCredentialSourceTests
{
    private static readonly Uri Server = new("https://127.0.0.1:1");

    private readonly ManualTimeProvider _time = new();
    private readonly RecordingLogger<KubernetesLeaseStore> _logger = new();
    private Func<KubernetesApiConnection?> _connect = () => throw new InvalidOperationException("not expected");
    private int _asked;

    /// <summary>kubeadm has long named each authority <c>kubernetes</c> and given it the number 0.</summary>
    [Fact]
    public async Task Renew_AuthorityOfTheSameNameAndNumber_IsTaken()
    {
        using X509Certificate2 old = Authority(), rotated = Authority();
        Assert.Equal(old, rotated);
        await using GivenCredentialSource source = Open(With([old]));
        _connect = () => With([rotated]);

        await RenewAsync(source);

        Assert.Equal(rotated.RawData, Assert.Single(source.Authorities!).RawData);
    }

    [Fact]
    public async Task Renew_ClientCertificateOfTheSameNameAndNumber_IsTaken()
    {
        using X509Certificate2 old = Authority(), rotated = Authority();
        await using GivenCredentialSource source = Open(Certified(old));
        _connect = () => Certified(rotated);

        ClusterCredential credential = await RenewAsync(source);

        Assert.Equal(rotated.RawData, credential.ClientCertificate!.TargetCertificate.RawData);
    }

    [Fact]
    public async Task Renew_SameCertificatesInOtherObjects_KeepsThoseItHas()
    {
        using X509Certificate2 authority = Authority();
        await using GivenCredentialSource source = Open(Certified(authority));
        X509Certificate2Collection? before = source.Authorities;
        ClusterCredential credential = await source.GetAsync(default);
        _connect = () => Certified(authority);

        Assert.True(credential.IsSameAs(await RenewAsync(source)));
        Assert.Same(before, source.Authorities);
    }

    public static TheoryData<string, string> Unusable => new()
    {
        { "empty", "an empty list of certificate authorities" },
        { "none", "The server that UseVault() gives is null." },
        { "throws", "Configuring the socket handler as UseVault() says threw InvalidOperationException: no proxy" },
        { "disposed", "What UseVault() gives cannot be used: " },
    };

    [Theory]
    [MemberData(nameof(Unusable))]
    public async Task Renew_WhatCannotBe_IsSaidAndTheOneBeforeStays(string what, string reason)
    {
        using X509Certificate2 authority = Authority();
        await using GivenCredentialSource source = Open(With([authority]));
        X509Certificate2 disposed = Authority();
        disposed.Dispose();
        _connect = () => what switch
        {
            "empty" => With([]),
            "none" => new KubernetesApiConnection { Server = null! },
            "throws" => new KubernetesApiConnection
            {
                Server = Server,
                ConfigureHandler = _ => throw new InvalidOperationException("no proxy"),
            },
            _ => With([disposed]),
        };

        await RenewAsync(source);

        Assert.Contains(_logger.Lines, line => line.Id.Name == "ConnectionNotMadeAnew"
            && line.Text.Contains(reason, StringComparison.Ordinal)
            && line.Text.Contains("Mend what UseVault() does", StringComparison.Ordinal));
        Assert.Same(authority, Assert.Single(source.Authorities!));
        await source.ConfigureAsync(new SocketsHttpHandler(), default);
    }

    /// <summary>A token cache that is good must not be thrown away with an authority that is not.</summary>
    [Fact]
    public async Task BeginRenewingTrust_TakesTheAuthorityOnlyAndTheRestAfterTheFirst401()
    {
        using X509Certificate2 old = Authority(), rotated = Authority();
        await using GivenCredentialSource source = Open(With([old], "first"));
        _connect = () => With([rotated], "second");

        source.BeginRenewingTrust();
        await WaitForAsync("ConnectionMadeAnew");

        Assert.Equal(rotated.RawData, Assert.Single(source.Authorities!).RawData);
        Assert.Equal("first", (await source.GetAsync(default)).Authorization!.Parameter);
        Assert.Equal("second", (await RenewAsync(source)).Authorization!.Parameter);
    }

    [Fact]
    public async Task Renew_RefusedAllTheTime_IsNotAskedWithEachRequest()
    {
        await using GivenCredentialSource source = Open(With(null, "first"));
        _connect = () => With(null, "first");

        for (int i = 0; i < 5; i++)
            await RenewAsync(source);

        Assert.Equal(1, _asked);
        source.Accepted();
        _time.Advance(TimeSpan.FromSeconds(1));
        await RenewAsync(source);
        Assert.Equal(2, _asked);
    }

    /// <summary>Else an app that takes longer than a request has would be asked for ever, and never heard.</summary>
    [Theory]
    [InlineData(59, new[] { "1", "2" })]
    [InlineData(61, new[] { "2", "3" })]
    public async Task Authorize_AnswerCameAfterTheRequest_IsTheNextOnesForAMinute(int seconds, string[] expected)
    {
        int calls = 0;
        var answer = new TaskCompletionSource();
        var authorization = new GivenAuthorization(
            "UseVault()",
            async _ =>
            {
                int call = Interlocked.Increment(ref calls);
                await answer.Task;
                return new AuthenticationHeaderValue("Bearer", $"{call}");
            },
            _time,
            CancellationToken.None);
        using var request = new CancellationTokenSource();
        Task first = authorization.GetAsync(request.Token);
        await request.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        answer.SetResult();
        await authorization.Running;

        _time.Advance(TimeSpan.FromSeconds(seconds));

        string?[] found = [(await authorization.GetAsync(default))!.Parameter, (await authorization.GetAsync(default))!.Parameter];
        Assert.Equal(expected, found);
    }

    [Fact]
    public async Task Get_AuthorizeHangs_IsNotCalledAgainBesideItself()
    {
        int calls = 0;
        var answer = new TaskCompletionSource<AuthenticationHeaderValue?>();
        var connection = new KubernetesApiConnection
        {
            Server = Server,
            Authorize = _ =>
            {
                Interlocked.Increment(ref calls);
                return new(answer.Task);
            },
        };
        await using GivenCredentialSource source = Open(connection);
        _connect = () => connection;

        Task<ClusterCredential> first = source.GetAsync(default).AsTask();
        await _time.WaitForTimerAsync(AppCode.Timeout);
        _time.Advance(AppCode.Timeout);
        await Assert.ThrowsAsync<ClusterCredentialException>(() => first);
        var second = await Assert.ThrowsAsync<ClusterCredentialException>(() => source.GetAsync(default).AsTask());

        Assert.Contains("is still waiting for the call of 2026-02-28 23:59:50Z.", second.Message, StringComparison.Ordinal);
        Assert.Equal(1, calls);
        answer.SetResult(new AuthenticationHeaderValue("Bearer", "late"));
        await Polling.UntilAsync(async () => await TriesAsync(source) == "late", Patience);
    }

    [Fact]
    public async Task Share_SeveralClients_HaveOneUntilTheLastIsDisposedOf()
    {
        var giver = new ConnectionGiver("UseVault()", _ => new(_connect()), _time);
        GivenConnection given = GivenConnection.Create(giver, With(null, "first")).Given!;
        GivenCredentialSource one = given.Share(_time, _logger);

        Assert.Same(one, given.Share(_time, _logger));
        await one.DisposeAsync();
        Assert.Same(one, given.Share(_time, _logger));
        await one.DisposeAsync();
        Assert.Equal("first", (await one.GetAsync(default)).Authorization!.Parameter);
        await one.DisposeAsync();

        GivenCredentialSource other = given.Share(_time, _logger);
        Assert.NotSame(one, other);
        await other.DisposeAsync();
    }

    private static async Task<string?> TriesAsync(GivenCredentialSource source)
    {
        try
        {
            return (await source.GetAsync(default)).Authorization!.Parameter;
        }
        catch (ClusterCredentialException)
        {
            return null;
        }
    }

    private static async Task<ClusterCredential> RenewAsync(GivenCredentialSource source) =>
        await source.RenewAsync(await source.GetAsync(default), default);

    private static KubernetesApiConnection With(X509Certificate2Collection? authorities, string? token = null) => new()
    {
        Server = Server,
        CertificateAuthorities = authorities,
        Authorize = token is null ? null : _ => new(new AuthenticationHeaderValue("Bearer", token)),
    };

    private static KubernetesApiConnection Certified(X509Certificate2 certificate) => new()
    {
        Server = Server,
        CertificateAuthorities = [X509CertificateLoader.LoadCertificate(certificate.RawData)],
        ClientCertificate = System.Net.Security.SslStreamCertificateContext.Create(certificate, [], offline: true),
    };

    private static X509Certificate2 Authority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=kubernetes", key, HashAlgorithmName.SHA256);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 certificate = request.Create(
            request.SubjectName, X509SignatureGenerator.CreateForECDsa(key), now.AddDays(-1), now.AddDays(1), [0]);
        return certificate.CopyWithPrivateKey(key);
    }

    private Task WaitForAsync(string name) =>
        Polling.UntilAsync(() => Task.FromResult(_logger.Lines.Any(line => line.Id.Name == name)), Patience);

    private GivenCredentialSource Open(KubernetesApiConnection first)
    {
        var giver = new ConnectionGiver(
            "UseVault()",
            _ =>
            {
                Interlocked.Increment(ref _asked);
                return new(_connect());
            },
            _time);
        return GivenConnection.Create(giver, first).Given!.Share(_time, _logger);
    }
}
