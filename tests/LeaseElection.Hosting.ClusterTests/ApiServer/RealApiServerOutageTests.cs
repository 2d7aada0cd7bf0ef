using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Hosting.ClusterTests.ApiServer;

/// <summary>Freezing, killing and restarting the server. Each test leaves it running: others share it.</summary>
[Collection(ApiServerFixture.Collection)]
public sealed class RealApiServerOutageTests(ApiServerFixture fixture)
{
    private RealApiServer Server => fixture.Server;

    [ApiServerFact]
    public async Task PauseAsync_RequestInBetween_IsAnsweredAfterResume()
    {
        var ours = await Server.CreateNamespaceAsync();

        await Server.PauseAsync();
        var request = Leases.CreateAsync(Server.Admin, ours, "patient");
        await Assert.ThrowsAsync<TimeoutException>(() => request.WaitAsync(TimeSpan.FromMilliseconds(300), TimeProvider.System));
        await Server.ResumeAsync();

        Assert.Equal("patient", (string?)(await request)["metadata"]!["name"]);
    }

    [ApiServerFact]
    public async Task KillAsync_ThenRequest_IsRefused()
    {
        await Server.KillAsync();

        var exception = await Assert.ThrowsAsync<HttpRequestException>(() => Server.Admin.GetTextAsync("/readyz"));
        await Server.RestartAsync();

        Assert.Null(exception.StatusCode);
    }

    [ApiServerFact]
    public async Task RestartAsync_Running_KeepsDataAndAddressInANewProcess()
    {
        var ours = await Server.CreateNamespaceAsync();
        var written = await Leases.CreateAsync(Server.Admin, ours, "kept");
        var (url, pid) = (Server.Url, Server.Pid);

        await Server.RestartAsync();

        var read = await Leases.GetAsync(Server.Admin, ours, "kept");
        Assert.Equal((string?)written["metadata"]!["resourceVersion"], (string?)read["metadata"]!["resourceVersion"]);
        Assert.Equal(url, Server.Url);
        Assert.NotEqual(pid, Server.Pid);
    }

    [ApiServerFact]
    public async Task KillEtcdAsync_ThenRestarted_KeepsDataInANewProcess()
    {
        var ours = await Server.CreateNamespaceAsync();
        var written = await Leases.CreateAsync(Server.Admin, ours, "kept");
        var pid = Server.EtcdPid;

        await Server.KillEtcdAsync();
        var request = Leases.CreateAsync(Server.Admin, ours, "not stored");
        await Assert.ThrowsAnyAsync<Exception>(() => request.WaitAsync(TimeSpan.FromMilliseconds(300), TimeProvider.System));
        await Server.RestartEtcdAsync();

        var read = await Leases.GetAsync(Server.Admin, ours, "kept");
        Assert.Equal((string?)written["metadata"]!["resourceVersion"], (string?)read["metadata"]!["resourceVersion"]);
        Assert.NotEqual(pid, Server.EtcdPid);
    }
}
