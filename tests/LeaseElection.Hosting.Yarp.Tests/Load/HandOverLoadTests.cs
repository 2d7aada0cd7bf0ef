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
        for (int i = 0; i < handOvers; i++)
        {
            await load.AnswersInAsync(token, PerSecond);
            Task ended = scene.EndTermAsync(leader, (TermEnd)(i % 3));
            (leader, token) = await scene.LeadsAsync(token);
            await ended;
        }

        await load.AnswersInAsync(token, PerSecond);
        LoadReport report = await load.EndAsync();
        output.WriteLine($"{handOvers} hand-overs, a third each by SIGTERM, SIGKILL and step-down: {report}");
        Assert.Empty(report.Wrong);
        Assert.Empty(report.Lost);
        Assert.InRange(report.Forwarded, report.Answered / 2, report.Answered);
        Assert.Equal(handOvers, scene.Journal.AssertSound().HandOvers);
    }
}
