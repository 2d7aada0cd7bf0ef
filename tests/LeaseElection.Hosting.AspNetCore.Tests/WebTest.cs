using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LeaseElection.Hosting.AspNetCore.Tests;

/// <summary>A test with a folder for leases and any number of web apps, which go with the test.</summary>
public abstract class WebTest : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("leaseelection-web-").FullName;
    private readonly List<WebReplica> _replicas = [];

    /// <summary>Where and how replicas elect.</summary>
    private protected virtual IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>(StringComparer.Ordinal)
    {
        ["LeaderElection:Store"] = "File",
        ["LeaderElection:File:Directory"] = _folder,
    };

    public virtual Task InitializeAsync() => Task.CompletedTask;

    public virtual async Task DisposeAsync()
    {
        foreach (WebReplica replica in Enumerable.Reverse(_replicas))
            await replica.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private protected WebReplica NewReplica(string identity = "me")
    {
        var replica = new WebReplica(identity, Settings);
        _replicas.Add(replica);
        return replica;
    }

    /// <summary>Two replicas of one app: the first leads, the second knows it.</summary>
    private protected async Task<(WebReplica Leader, WebReplica Standby)> StartTwoAsync(
        Action<WebApplication> map, Action<IServiceCollection>? configure = null)
    {
        WebReplica leader = await StartAsync("alice", map, configure);
        await leader.LeadAsync();
        WebReplica standby = await StartAsync("bob", map, configure);
        await standby.UntilAsync(status => status.HolderIdentity == "alice");
        return (leader, standby);
    }

    private protected async Task<WebReplica> StartAsync(
        string identity, Action<WebApplication> map, Action<IServiceCollection>? configure = null)
    {
        WebReplica replica = NewReplica(identity);
        replica.Builder.Services.AddLeaderElection();
        configure?.Invoke(replica.Builder.Services);
        map(replica.App);
        await replica.StartAsync();
        return replica;
    }

    /// <summary>An app whose elections are made by the test.</summary>
    private protected async Task<WebReplica> StartAsync(Action<WebApplication> map, params FakeElection[] elections)
    {
        WebReplica replica = NewReplica();
        foreach (FakeElection election in elections)
            replica.Builder.Services.AddKeyedSingleton<ILeaderElection>(election.Name, election);
        map(replica.App);
        await replica.StartAsync();
        return replica;
    }
}
