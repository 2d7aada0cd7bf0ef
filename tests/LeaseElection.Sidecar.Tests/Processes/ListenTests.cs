using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Processes;

namespace LeaseElection.Sidecar.Tests.Processes;

/// <summary>Machines that have one of the two IPs only: it is found where the old image was.</summary>
public sealed class ListenTests : SidecarTest
{
    private const string Missing =
        " WARN  --http localhost:4040 means ::1 too, which this machine does not have (is IPv6 off?), so "
            + "nobody is answered there. If that is as it "
        + "should be, take the name out of /etc/hosts, or write the address that is left, for example --http=127.0.0.1:4040\n";

    [NamespaceTheory]
    [InlineData("localhost:4040", "127.0.0.1")]
    [InlineData("localhost:4040", "localhost")]
    [InlineData(":4040", "127.0.0.1")]
    [InlineData("0.0.0.0:4040", "127.0.0.1")]
    public async Task Http_LoopbackWithoutIPv6_IsServedWhereItCanBe(string address, string asked)
    {
        SidecarProcess sidecar = await StartInNamespaceAsync(
            $"{NamespaceScript.Loopback(Folder)}\n{NamespaceScript.WithoutIPv6}\n{AskUntilAnswered(asked)}", "--id=me",
            $"--http={address}");
        await sidecar.UntilAsync(() => HasFile("answer"), "an answer");
        Assert.Equal("""{"name":"me"}""", FileText("answer"));
        await sidecar.SaysAsync("Serving HTTP on "); // It answers before. What is missing it tells after that, if it does, and then ends.
        sidecar.Send(UnixSignal.Terminate);
        Assert.Equal(0, await sidecar.Exited);
        Assert.Equal(address == "localhost:4040", sidecar.Output.Contains(Missing, StringComparison.Ordinal));
    }

    [NamespaceTheory]
    [InlineData("0.0.0.0:4040")]
    [InlineData(":4040")]
    public async Task Http_PodOfAClusterWithoutIPv4_IsServedAtItsAddress(string address)
    {
        SidecarProcess sidecar = await StartInNamespaceAsync(
            $"{NamespaceScript.Loopback(Folder)}\n{NetworkNamespaces.Ip} addr add fd00:10:244::7/128 dev "
                + $"lo\n{AskUntilAnswered("fd00:10:244::7")}",
            "--id=me", $"--http={address}");
        await sidecar.UntilAsync(() => HasFile("answer"), "an answer");
        Assert.Equal("""{"name":"me"}""", FileText("answer"));
    }

    [NamespaceTheory]
    [InlineData("[::1]:4040", "cannot assign requested address. Write an address that this machine has, or --http=:4040 for all of them.")]
    [InlineData("nobody.invalid:4040", ". Write an address that this machine has, or --http=:4040 for all of them.")]
    public async Task Http_NothingThatThisMachineHas_IsRefusedWithTheWayOut(string address, string end)
    {
        SidecarProcess sidecar = await StartInNamespaceAsync(
            $"{NamespaceScript.Loopback(Folder)}\n{NamespaceScript.WithoutIPv6}", $"--http={address}");
        Assert.Equal(69, await sidecar.Exited);
        string line = sidecar.Output.TrimEnd('\n').Split('\n')[^1];
        Assert.StartsWith($"leader-elector: --http {address} cannot be listened on: ", line, StringComparison.Ordinal);
        Assert.EndsWith(end, line, StringComparison.Ordinal);
        Assert.False(File.Exists(LeaseFile));
    }

    /// <summary>Beside the sidecar, which the shell becomes, and for as long as that runs.</summary>
    private string AskUntilAnswered(string host) => $$"""
        {{NamespaceScript.Ask}}
        until ask {{host}} >{{Folder}}/asked && [ -s {{Folder}}/asked ] && ! grep -q '""' {{Folder}}/asked; do sleep 0.05; kill -0 $$; done &&
          mv {{Folder}}/asked {{Folder}}/answer &
        """;
}
