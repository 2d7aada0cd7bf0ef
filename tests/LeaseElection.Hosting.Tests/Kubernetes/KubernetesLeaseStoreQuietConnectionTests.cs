using LeaseElection.Hosting.Leases;
using static LeaseElection.Hosting.Tests.Kubernetes.Records;

namespace LeaseElection.Hosting.Tests.Kubernetes;

/// <summary>A standby says nothing for minutes, and between it and the API server there may be somebody who forgets it meanwhile.</summary>
public sealed class KubernetesLeaseStoreQuietConnectionTests : FaultProxyTest
{
    [Fact]
    public async Task Replace_ConnectionForgottenAfterFourQuietMinutes_ArrivesOverANewOne()
    {
        Time.Advance(TimeSpan.FromMinutes(4));
        Proxy.BlackHole();

        // Over the old one it would hang, for the time of a request that stands still here.
        Assert.IsType<LeaseReply.Found>(await Store.ReplaceAsync(Lease, Held("b"), Patience, default).WaitAsync(Patience));
        Assert.Equal(0, Proxy.Requests.DeadLetters);
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(3.6, 2)]
    public async Task Read_AfterQuietMinutes_OverTheSameConnectionForLessThanFour(double minutes, int connections)
    {
        Time.Advance(TimeSpan.FromMinutes(minutes));
        await Store.ReadAsync(Patience, default);

        Assert.Equal(connections, Proxy.Requests.Connections);
    }

    [Fact]
    public async Task Read_MachineWasAsleep_OverANewConnection()
    {
        Time.Suspend(TimeSpan.FromHours(8));
        await Store.ReadAsync(Patience, default);

        Assert.Equal(2, Proxy.Requests.Connections);
    }

    [Fact]
    public async Task Read_EveryThreeMinutes_OverOneConnection()
    {
        for (int round = 0; round < 4; round++)
        {
            Time.Advance(TimeSpan.FromMinutes(3));
            await Store.ReadAsync(Patience, default);
        }

        Assert.Equal(1, Proxy.Requests.Connections);
    }
}
