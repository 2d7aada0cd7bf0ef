using System.Globalization;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Journal;
using Xunit.Abstractions;

namespace LeaseElection.Hosting.ClusterTests.Members;

/// <summary>Who sees whom when processes come, go and are killed.</summary>
[Collection(WaitingProcesses.Name)]
public sealed class MemberProcessTests(ApiServerFixture fixture, ITestOutputHelper output) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>For the news. A machine that is well takes a second at most, and a busy one still less than any lease here.</summary>
    private static readonly TimeSpan News = TimeSpan.FromSeconds(4);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public void Dispose() => _folder.Delete(recursive: true);

    [ApiServerFact]
    public Task Members_KilledAndStopped_AreGoneInTime() =>
        RunAsync(processes: 5, killed: 2, TimeSpan.FromSeconds(6), quiet: TimeSpan.FromSeconds(6));

    /// <summary>As documented: 40 s, and the news.</summary>
    [LongFact]
    public Task TwentyMembers_FiveKilledAndOneStopped_AreGoneInTime() =>
        RunAsync(processes: 20, killed: 5, TimeSpan.FromSeconds(40), quiet: TimeSpan.FromSeconds(60));

    private async Task RunAsync(int processes, int killed, TimeSpan lease, TimeSpan quiet)
    {
        string leaseNamespace = await fixture.Server.CreateNamespaceAsync();
        ApiServerUser user = await fixture.Server.CreateUserAsync(
            leaseNamespace, PolicyRule.Leases("get", "list", "watch", "create", "update", "delete"));
        List<MemberProcess> members = [];
        try
        {
            for (int i = 0; i < processes; i++)
            {
                string identity = string.Create(CultureInfo.InvariantCulture, $"member-{i:00}");
                members.Add(await MemberProcess.StartAsync(fixture.Server, user, leaseNamespace, _folder, identity, lease));
            }

            await AllSeeAsync(members, since: 0, Patience);
            await CountRequestsAsync(members.Count, lease, quiet);

            // The first one leads: it is among the dead, and one of the dead is a standby.
            long at = WorkJournal.Now;
            foreach (MemberProcess dead in members[..killed])
                dead.Send(UnixSignal.Kill);
            await Task.WhenAll(members[..killed].Select(dead => dead.Exited));
            await Task.WhenAll(members[..killed].Select(dead => dead.DisposeAsync().AsTask()));
            members.RemoveRange(0, killed);
            TimeSpan gone = await AllSeeAsync(members, at, Patience);

            MemberProcess stopped = members[^1];
            members.Remove(stopped);
            at = WorkJournal.Now;
            stopped.Send(UnixSignal.Terminate);
            TimeSpan left = await AllSeeAsync(members, at, Patience);
            Assert.Equal(0, await stopped.Exited.WaitAsync(Patience));
            await stopped.DisposeAsync();

            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{processes} processes, lease {lease.TotalSeconds} s: {killed} killed were gone for all others after "
                    + $"{gone.TotalSeconds:0.00} s; "
                + $"one stopped by SIGTERM after {left.TotalMilliseconds:0} ms"));
            Assert.InRange(gone, TimeSpan.Zero, lease + News);
            Assert.InRange(left, TimeSpan.Zero, News);
        }
        finally
        {
            foreach (MemberProcess member in members)
                await member.DisposeAsync();
        }
    }

    /// <summary>Until each sees all and nobody else. Returns after what time the last of them did.</summary>
    private static async Task<TimeSpan> AllSeeAsync(IReadOnlyCollection<MemberProcess> members, long since, TimeSpan patience)
    {
        string[] identities = [.. members.Select(member => member.Identity)];
        long[] seen = await Task.WhenAll(members.Select(member => member.SeesAsync(identities, since, patience)));
        return TimeProvider.System.GetElapsedTime(since, seen.Max());
    }

    /// <summary>While nothing happens: a renewal of each, those of the leader's term, and nothing else.</summary>
    private async Task CountRequestsAsync(int members, TimeSpan lease, TimeSpan quiet)
    {
        IReadOnlyDictionary<string, double> before = await fixture.Server.CountLeaseRequestsAsync();
        long since = WorkJournal.Now;
        await Task.Delay(quiet, TimeProvider.System, CancellationToken.None);
        IReadOnlyDictionary<string, double> after = await fixture.Server.CountLeaseRequestsAsync();
        double seconds = TimeProvider.System.GetElapsedTime(since).TotalSeconds;
        double writes = (after.GetValueOrDefault("PUT") - before.GetValueOrDefault("PUT")) / seconds;
        double all = (after.Values.Sum() - before.Values.Sum()) / seconds;
        double presence = members / (lease / 4).TotalSeconds;
        const double Term = 1 / 3.0; // The leader's own renewals, by the defaults.
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"requests on leases per second: {all:0.00}, {writes:0.00} of them writes; expected {presence + Term:0.00}; "
            + $"per replica {(all - Term) / members:0.000} for its presence"));
        Assert.InRange(all, 0, (presence + Term) * 1.5 + (members / seconds)); // One more each, at the edges.
    }
}
