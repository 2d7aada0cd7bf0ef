using System.Diagnostics;
using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Kubernetes.Credentials;
using LeaseElection.Hosting.Kubernetes.Requests;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Tests.Kubernetes.Credentials;
using LeaseElection.Hosting.Tests.Leases;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.FakeApiServer;
using LeaseElection.Testing.Time;
using static LeaseElection.Hosting.Tests.Kubernetes.Credentials.PluginFolder;
using static LeaseElection.Hosting.Tests.Kubernetes.Records;

namespace LeaseElection.Hosting.Tests.Kubernetes;

/// <summary>A request whose time is over before there are credentials: nobody must look for it at the API server.</summary>
[Collection(nameof(FileLocks))]
public sealed class SlowCredentialsTests : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(2.5);

    private readonly PluginFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private FakeKubeApiServer _server = null!;

    public async Task InitializeAsync() => _server = await FakeKubeApiServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Request_PluginIsSlow_SaysThatItIsWaitedFor()
    {
        StoreSetup setup = Setup("mkfifo gate; cat gate");
        await using KubernetesLeaseStore store = setup.Create();

        Task<LeaseReply> reading = store.ReadAsync(Short, default);
        await _time.AdvanceOnceArmedAsync(Short);

        AssertIsOfThePlugin(Failed(LeaseStoreErrorKind.Timeout, await reading.WaitAsync(Patience)));
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public async Task Watch_PluginIsSlow_SaysThatItIsWaitedFor()
    {
        StoreSetup setup = Setup("mkfifo gate; cat gate");
        await using var client = new Hosting.Kubernetes.Requests.ApiServerClient(setup.Connection, _time, setup.Logger);

        Task<ApiServerStream> opening = client.OpenAsync(
            new ApiRequest(HttpMethod.Get, _ => _server.Url), Short, _ => throw new InvalidOperationException(), default);
        await _time.AdvanceOnceArmedAsync(Short);

        AssertIsOfThePlugin((await Assert.ThrowsAsync<LeaseWatchException>(() => opening.WaitAsync(Patience))).Error);
    }

    [Fact]
    public async Task Request_PluginIsSlowAfterARefusal_SaysSoAndKeepsTheConnection()
    {
        StoreSetup setup = Setup($"echo run >> runs; test -e gate || {{ mkfifo gate; echo '{Credential("bad")}'; exit; }}; cat gate");
        await using KubernetesLeaseStore store = setup.Create();

        Task<LeaseReply> reading = store.ReadAsync(Short, default);
        await Polling.UntilAsync(() => Task.FromResult(_folder.Runs() == 2), Patience);
        _time.Advance(Short);

        AssertIsOfThePlugin(Failed(LeaseStoreErrorKind.Timeout, await reading.WaitAsync(Patience)));
        Assert.DoesNotContain(setup.Logger.Lines, line => line.Id.Name == "ConnectionReplaced");
    }

    /// <summary>Read on the spot, so that its time is over before anybody looks; and the API server was never asked.</summary>
    [UnixFact]
    public async Task Request_DiskOfTheTokenHangs_SaysSoAndKeepsTheConnection()
    {
        string pipe = _folder.PathOf("token");
        using (Process made = Process.Start("mkfifo", pipe))
            await made.WaitForExitAsync();
        StoreSetup setup = new(_server) { Time = _time, User = new ClusterUser { Token = TextSource.FromFile(pipe) } };
        await using KubernetesLeaseStore store = setup.Create();

        Task<LeaseReply> reading = Task.Run(() => store.ReadAsync(Short, default));
        await _time.AdvanceOnceArmedAsync(Short);
        await File.WriteAllTextAsync(pipe, FakeKubeApiServer.Token);

        Assert.StartsWith(
            "The files of the credentials were not read within 2.5 s",
            Failed(LeaseStoreErrorKind.Timeout, await reading.WaitAsync(Patience)).Message, StringComparison.Ordinal);
        Assert.Empty(_server.Requests);
        Assert.DoesNotContain(setup.Logger.Lines, line => line.Id.Name == "ConnectionReplaced");
    }

    private static void AssertIsOfThePlugin(LeaseStoreError error)
    {
        Assert.StartsWith("The kubeconfig's plugin 'sh' has given no credentials within 2.5 s", error.Message, StringComparison.Ordinal);
        Assert.Contains("run it by hand", error.Message, StringComparison.Ordinal);
    }

    private StoreSetup Setup(string script) => new(_server) { Time = _time, User = new ClusterUser { Exec = _folder.Plugin(script) } };
}
