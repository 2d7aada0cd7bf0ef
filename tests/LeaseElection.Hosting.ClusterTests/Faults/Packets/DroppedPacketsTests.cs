using System.Runtime.CompilerServices;
using LeaseElection.Hosting.ClusterTests.Electors;
using LeaseElection.Testing;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Electors;
using Xunit.Abstractions;
using static LeaseElection.Hosting.ClusterTests.Faults.FaultScene;

namespace LeaseElection.Hosting.ClusterTests.Faults.Packets;

/// <summary>A leader from which, and to which, no packet comes through: not even the kernel at the other end answers.</summary>
[Collection(ApiServerFixture.Collection)]
public sealed class DroppedPacketsTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _log = Path.GetTempFileName();

    public void Dispose() => File.Delete(_log);

    [PacketFact]
    public async Task Fault04_a_leader_whose_packets_vanish_stops_at_its_deadline_and_another_leads_after_the_lease()
    {
        var timings = new ElectorTimings(6, 4, 1);
        Cut cut = await CutAsync("--lease", "6", "--deadline", "4", "--retry", "1");

        (TimeSpan ended, TimeSpan began) = (cut.Renewed + cut.Stopped!.Value, cut.Renewed + cut.Began!.Value);
        Tell(
            $"packets vanish: work ends by D = {Ms(timings.Deadline)} after the last renewal, another begins at L = {Ms(timings.Lease)}",
            $"ended after {Ms(ended)}, began after {Ms(began)}");
        Assert.InRange(ended, TimeSpan.Zero, timings.Deadline + ((timings.Lease - timings.Deadline) * 0.8));
        Assert.InRange(began, timings.Lease, timings.Lease + Findings.Slack);
    }

    [PacketFact]
    public async Task Fault04_packets_that_vanish_for_half_of_the_deadline_cost_no_term()
    {
        Cut cut = await CutAsync("--lease", "15", "--deadline", "10", "--retry", "2", "--heal", "5");

        Tell(
            "packets vanish for 5 s, D = 10 s: the same term",
            cut.Stopped is null ? "the same term" : $"stopped after {Ms(cut.Stopped.Value)}");
        Assert.Null(cut.Stopped);
        Assert.Null(cut.Began);
    }

    /// <summary>Cuts one leader of ours off.</summary>
    private async Task<Cut> CutAsync(params IEnumerable<string> arguments)
    {
        await using GuardedProcess trials = await CutTrials.StartAsync(["--electors", CutTrial.Ours, "--trials", "1", .. arguments], _log);
        int code = await trials.Exited;
        string said = await File.ReadAllTextAsync(_log);
        Assert.True(code == 0, said);
        return Assert.Single(said.Split('\n').Select(Cut.Parse).OfType<Cut>());
    }

    private void Tell(string bound, string measured, [CallerMemberName] string test = "") =>
        FaultLog.Write(output, 4, test, bound, measured);
}
