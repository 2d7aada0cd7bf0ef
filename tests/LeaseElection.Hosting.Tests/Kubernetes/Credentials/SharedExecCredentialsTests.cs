using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Kubernetes.Credentials;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Tests.Leases;
using LeaseElection.Testing.FakeApiServer;
using static LeaseElection.Hosting.Tests.Kubernetes.Credentials.PluginFolder;
using static LeaseElection.Hosting.Tests.Kubernetes.Records;

namespace LeaseElection.Hosting.Tests.Kubernetes.Credentials;

/// <summary>
/// Lease, label, events and Pods of an election each have a client; a plugin for each would be four processes at every take-over.
/// </summary>
[Collection(nameof(FileLocks))]
public sealed class SharedExecCredentialsTests : IDisposable
{
    private readonly PluginFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Clients_OfOnePlugin_RunItOnceUntilTheLastIsDisposedOf()
    {
        await using FakeKubeApiServer server = await FakeKubeApiServer.StartAsync();
        string script = $"echo run >> runs; echo '{Credential(FakeKubeApiServer.Token)}'";
        StoreSetup Setup() => new(server) { User = new ClusterUser { Exec = _folder.Plugin(script) } };

        await using (KubernetesLeaseStore second = Setup().Create())
        {
            await using (KubernetesLeaseStore first = Setup().Create())
                Assert.IsType<LeaseReply.Absent>(await first.ReadAsync(Patience, default));
            Assert.IsType<LeaseReply.Absent>(await second.ReadAsync(Patience, default));
            Assert.Equal(1, _folder.Runs());
        }

        await using KubernetesLeaseStore third = Setup().Create();
        Assert.IsType<LeaseReply.Absent>(await third.ReadAsync(Patience, default));
        Assert.Equal(2, _folder.Runs());
    }

    /// <summary>A refusal by one must not take from the other what is good there.</summary>
    [Fact]
    public async Task Clients_OfTwoServers_EachRunsIt()
    {
        await using FakeKubeApiServer one = await FakeKubeApiServer.StartAsync();
        await using FakeKubeApiServer other = await FakeKubeApiServer.StartAsync();
        ExecPlugin plugin = _folder.Plugin($"echo run >> runs; echo '{Credential(FakeKubeApiServer.Token)}'");
        foreach (FakeKubeApiServer server in (FakeKubeApiServer[])[one, other])
        {
            KubernetesLeaseStore store = new StoreSetup(server) { User = new ClusterUser { Exec = plugin } }.Create();
            await using (store)
                Assert.IsType<LeaseReply.Absent>(await store.ReadAsync(Patience, default));
        }

        Assert.Equal(2, _folder.Runs());
    }
}
