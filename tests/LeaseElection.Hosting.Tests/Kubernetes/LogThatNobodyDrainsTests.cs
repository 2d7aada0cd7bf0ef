using System.Globalization;
using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Kubernetes.Credentials;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Tests.Kubernetes.Credentials;
using LeaseElection.Hosting.Tests.Leases;
using LeaseElection.Testing.Contracts;
using LeaseElection.Testing.FakeApiServer;
using static LeaseElection.Hosting.Tests.Kubernetes.Credentials.PluginFolder;
using static LeaseElection.Hosting.Tests.Kubernetes.Records;

namespace LeaseElection.Hosting.Tests.Kubernetes;

/// <summary>Who writes a line waits where nobody reads the log; elections that share something with him do not.</summary>
[Collection(nameof(FileLocks))]
public sealed class LogThatNobodyDrainsTests
{
    [Fact]
    public async Task PluginFails_OthersGetWhatThereIs()
    {
        using PluginFolder folder = new();
        using GatedLogger<ExecCredentialSource> logger = new("ExecPluginFailed");
        ShiftedTimeProvider time = new();
        string expires = time.GetUtcNow().AddMinutes(5).ToString("O", CultureInfo.InvariantCulture);
        ExecPlugin plugin = folder.Plugin($"test -e ran && exit 1; touch ran; echo '{Credential("t", expires)}'");
        await using ExecCredentialSource source = new(plugin, time, logger);
        try
        {
            await source.GetAsync(default);
            time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(8));
            await source.GetAsync(default); // Begins a run, and does not wait for it.
            await logger.Reached.WaitAsync(Patience);

            ClusterCredential credential = await Task.Run(async () => await source.GetAsync(default)).WaitAsync(Patience);

            Assert.Equal("t", credential.Token);
        }
        finally
        {
            logger.Open();
        }
    }

    [Fact]
    public async Task WatchInCommonIsRefused_OthersGoOn()
    {
        await using FakeKubeApiServer server = await FakeKubeApiServer.StartAsync();
        using GatedLogger<KubernetesLeaseStore> logger = new("NamespaceNotWatched");
        await using SharedLeases shared = new(TimeProvider.System, logger);
        KubernetesLeaseStore[] stores = [Open("first"), Open("second")];
        Lease[] leases = [await stores[0].CreateLeaseAsync(), await stores[1].CreateLeaseAsync()];
        server.Faults.Add(new Fault { Verb = "watch", Kind = FaultKind.Answer, Status = 403 });
        try
        {
            await using LeaseWatchReader first = new(stores[0], leases[0].ResourceVersion!, Patience);
            await logger.Reached.WaitAsync(Patience);

            Task<LeaseWatchReader> opening = Task.Run(() => new LeaseWatchReader(stores[1], leases[1].ResourceVersion!, Patience));
            await using LeaseWatchReader second = await opening.WaitAsync(Patience);
            Lease news = Found(await stores[1].ReplaceAsync(leases[1], Held("a", 1), Patience, default));

            Assert.Equal(news.ResourceVersion, (await second.NextAsync<LeaseEvent.Changed>()).Lease.ResourceVersion);
        }
        finally
        {
            logger.Open();
        }

        KubernetesLeaseStore Open(string lease) =>
            shared.Open(new StoreSetup(server).Connection, StoreSetup.Namespace, lease, mostOwnWatches: 0);
    }
}
