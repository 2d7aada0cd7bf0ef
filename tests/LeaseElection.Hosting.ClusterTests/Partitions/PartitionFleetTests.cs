using LeaseElection.Testing.ApiServer;
using Xunit.Abstractions;

namespace LeaseElection.Hosting.ClusterTests.Partitions;

/// <summary>Real processes share partitions over a real API server, and come, go, and are killed.</summary>
[Collection(WaitingProcesses.Name)]
public sealed class PartitionFleetTests(ApiServerFixture fixture, ITestOutputHelper output)
{
    [ApiServerFact]
    public async Task Fleet_ComesStopsAndIsKilled_SharesEvenlyAndNeverOverlaps()
    {
        await using PartitionFleet fleet = await PartitionFleet.OpenAsync(fixture.Server, 12);

        await fleet.AddAsync();
        await fleet.AddAsync();
        await fleet.AddAsync();
        await fleet.StopAsync();
        await fleet.KillAsync();

        Conclude(fleet);
    }

    /// <summary>24 partitions, 1 to 6 replicas and back, a rolling update and kills: <c>tests/run --long</c>.</summary>
    [LongFact]
    public async Task Fleet_OneToSixARollingUpdateKillsAndBack_SharesEvenlyAndNeverOverlaps()
    {
        await using PartitionFleet fleet = await PartitionFleet.OpenAsync(fixture.Server, 24);

        for (int i = 0; i < 6; i++)
            await fleet.AddAsync();
        await fleet.RollAsync();
        await fleet.KillAsync();
        await fleet.KillAsync();
        await fleet.AddAsync();
        for (int i = 0; i < 4; i++)
            await fleet.StopAsync();

        Conclude(fleet);
    }

    private void Conclude(PartitionFleet fleet)
    {
        output.WriteLine("| change | moves needed | made | longest without an owner | spread |");
        output.WriteLine("|---|---|---|---|---|");
        foreach (PartitionStep step in fleet.Steps)
            output.WriteLine($"| {step.What} | {step.Needed} | {step.Made} | {step.LongestGap.TotalMilliseconds:0} ms | {step.Spread} |");
        int needed = fleet.Steps.Sum(step => step.Needed), made = fleet.Steps.Sum(step => step.Made);
        output.WriteLine($"| all | {needed} | {made} | {fleet.Steps.Max(step => step.LongestGap).TotalMilliseconds:0} ms | "
            + $"{fleet.Steps.Max(step => step.Spread)} |");

        fleet.AssertSound();
        Assert.All(fleet.Steps, step => Assert.True(step.Made >= step.Needed, $"{step} cannot have settled."));
        Assert.True(needed > 0, "Nothing was tried.");
        Assert.All(fleet.Steps, step => Assert.InRange(step.Spread, 0, 1));
    }
}
