using LeaseElection.Testing;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Hosting.Yarp.Tests.Load;

/// <summary>Clients that ask whichever replica a Service gives them, while leaders come and go.</summary>
[Collection(ApiServerFixture.Collection)]
public sealed class HandOverLoadTests(ApiServerFixture fixture, ITestOutputHelper output)
{
    private const int PerSecond = 200;
    private const int Replicas = 3;

    [ApiServerFact]
    public async Task Load_ThroughHandOvers_IsAnsweredByTheLeaderOrRefused_AndNothingIsLost()
    {
        int handOvers = LongForm.IsAskedFor ? 20 : 4;
        await using LoadScene scene = await LoadScene.OpenAsync(fixture.Server, Replicas);
        (ReplicaProcess leader, FencingToken token) = await scene.LeadsAsync(after: default);
        var load = new SteadyLoad(scene.Service, PerSecond);
        await load.AnswersInAsync(token, PerSecond);
        for (int i = 0; i < handOvers; i++)
        {
            int refused = load.Refused;
            var end = (TermEnd)(i % 3);
            Task ended = scene.EndTermAsync(leader, end);
            (leader, token) = await scene.LeadsAsync(token);
            await ended;
            await load.AnswersInAsync(token, PerSecond);
            output.WriteLine($"{end}: refused {load.Refused - refused}");
        }

        LoadReport report = await load.EndAsync();
        output.WriteLine($"{handOvers} hand-overs: {report}");
        Assert.Empty(report.Wrong);
        Assert.Empty(report.Lost);

        // Two of three by chance, and one of two while a replica is away or starts, which on a slow machine is most of the time.
        Assert.InRange(report.Forwarded, report.Answered / 4, report.Answered);
        Assert.Equal(handOvers, scene.Journal.AssertSound().HandOvers);
    }
}
