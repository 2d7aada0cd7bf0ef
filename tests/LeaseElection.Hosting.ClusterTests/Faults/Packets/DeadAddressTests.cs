using System.Globalization;
using LeaseElection.Testing;
using LeaseElection.Testing.ApiServer;
using Xunit.Abstractions;

namespace LeaseElection.Hosting.ClusterTests.Faults.Packets;

/// <summary>An API server with several addresses, as a control plane of several nodes has in DNS, and the first of them dead.</summary>
[Collection(ApiServerFixture.Collection)]
public sealed class DeadAddressTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _log = Path.GetTempFileName();

    public void Dispose() => File.Delete(_log);

    [PacketFact]
    public async Task Fault31_the_first_address_of_the_api_server_is_dead_the_second_one_is_used()
    {
        await using GuardedProcess trial = await DeadAddressTrial.StartAsync(_log);
        int code = await trial.Exited;
        string said = await File.ReadAllTextAsync(_log);
        Assert.True(code == 0, said);
        int[] figures = [.. said.Trim().Split('\n')[^1].Split(' ').Select(figure => int.Parse(figure, CultureInfo.InvariantCulture))];

        FaultLog.Write(
            output, 31, nameof(Fault31_the_first_address_of_the_api_server_is_dead_the_second_one_is_used),
            "leads within 3 s; a leader that must reconnect keeps its term",
            $"led {figures[0]} ms after the start; renewed {figures[1]} ms after its connections were reset; {figures[2]} term");
        Assert.InRange(figures[0], 0, 3000);
        Assert.Equal(1, figures[2]);
    }
}
