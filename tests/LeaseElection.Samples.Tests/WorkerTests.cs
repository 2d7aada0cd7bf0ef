using System.Globalization;
using System.Text.Json;

namespace LeaseElection.Samples.Tests;

/// <summary>Two terminals, one machine: what the README promises of <c>samples/Worker</c>.</summary>
public sealed class WorkerTests(ITestOutputHelper output)
{
    private const string BecameLeader = " became leader of lease default/nightly-settlement";
    private const string Leads = " leads lease default/nightly-settlement; standing by";
    private const string Work = "Settled batch";

    /// <summary>For whatever is not measured: a machine may be busy.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task First_Started_LeadsWithinFiveSecondsAndWorks()
    {
        await using var replicas = new ReplicaSet("Worker", output);
        Replica only = replicas.Start();

        Line leads = await only.WaitForAsync(BecameLeader, TimeSpan.FromSeconds(5));
        Line work = await only.WaitForAsync(Work, Patience, leads);
        await only.WaitForAsync(Work, Patience, work);

        string token = leads.Text[leads.Text.IndexOf("fencing token", StringComparison.Ordinal)..];
        Assert.True(work.Says(token), $"'{work.Text}' should name the {token}");
    }

    [Fact]
    public async Task Second_Started_SaysWhoLeadsAndDoesNotWork()
    {
        await using var replicas = new ReplicaSet("Worker", output);
        (Replica leader, Replica standby) = await StartTwoAsync(replicas);

        Line work = await leader.WaitForAsync(Work, Patience);
        await leader.WaitForAsync(Work, Patience, work);

        Assert.Contains(standby.Lines, line => line.Says(IdentityOf(leader) + Leads));
        Assert.DoesNotContain(standby.Lines, line => line.Says(Work) || line.Says(BecameLeader));
    }

    [UnixTheory]
    [InlineData("INT")] // Ctrl-C
    [InlineData("TERM")] // the kubelet
    public async Task Leader_AskedToStop_SecondLeadsWithinASecondAndNeverBefore(string signal)
    {
        var trials = new Trials(output, $"kill -{signal} to next leader");
        await using var replicas = new ReplicaSet("Worker", output);
        (Replica leader, Replica standby) = await StartTwoAsync(replicas);
        for (int i = 0; i < Trials.Count; i++)
        {
            await leader.WaitForAsync(Work, Patience);

            long asked = await leader.SignalAsync(signal);

            Line leads = await standby.WaitForAsync(BecameLeader, Patience);
            Assert.Equal(0, await leader.WaitForExitAsync(Patience));
            Line[] stopping = [.. leader.Lines.SkipWhile(line => !line.Says("Giving up lease"))];
            Assert.Contains(stopping, line => line.Says("Released lease default/nightly-settlement"));
            Assert.DoesNotContain(stopping, line => line.Says(Work) || line.Says("Nobody holds")); // Its own release is no news to it.
            TimeSpan time = TimeProvider.System.GetElapsedTime(asked, leads.At);
            Assert.InRange(time, TimeSpan.Zero, TimeSpan.FromSeconds(1));
            trials.Add(time);
            (leader, standby) = (standby, await StartStandbyAsync(replicas, standby));
        }

        trials.Write();
    }

    [UnixFact]
    public async Task Leader_Killed_SecondLeadsWithinASecond()
    {
        var trials = new Trials(output, "kill -KILL to next leader");
        await using var replicas = new ReplicaSet("Worker", output);
        (Replica leader, Replica standby) = await StartTwoAsync(replicas);
        for (int i = 0; i < Trials.Count; i++)
        {
            await leader.WaitForAsync(Work, Patience);

            long killed = await leader.SignalAsync("KILL");

            Line leads = await standby.WaitForAsync(BecameLeader, Patience);
            TimeSpan time = TimeProvider.System.GetElapsedTime(killed, leads.At);
            Assert.InRange(time, TimeSpan.Zero, TimeSpan.FromSeconds(1));
            trials.Add(time);
            (leader, standby) = (standby, await StartStandbyAsync(replicas, standby));
        }

        trials.Write();
    }

    /// <summary>
    /// A process that is stopped is not dead, and may go on at any moment: it is waited for until its lease ends, neither less nor more.
    /// The renewal was sent after the time it carries, so the end of the lease is no earlier than that time plus its duration.
    /// </summary>
    [UnixFact]
    public async Task Leader_Frozen_SecondLeadsWhenTheLeaseEndsAndTheFirstWorksNoMore()
    {
        TimeSpan duration = TimeSpan.FromSeconds(5);
        (string, string)[] options =
        [
            ("LeaseDuration", duration.ToString("c", CultureInfo.InvariantCulture)),
            ("RenewDeadline", "00:00:03"),
            ("RenewInterval", "00:00:00.7"), // Out of step with the work, see below.
        ];
        var trials = new Trials(output, "end of the lease of a stopped process to next leader");
        for (int i = 0; i < Trials.Count; i++)
        {
            await using var replicas = new ReplicaSet("Worker", output, options);
            (Replica leader, Replica standby) = await StartTwoAsync(replicas);
            string successor = IdentityOf(standby);
            Line before = await WaitForQuietAsync(replicas, leader);

            await leader.SignalAsync("STOP");
            DateTimeOffset leaseEnd = await RenewTimeAsync(replicas) + duration;

            Line leads = await standby.WaitForAsync(BecameLeader, Patience);
            TimeSpan late = TimeProvider.System.GetUtcNow() - TimeProvider.System.GetElapsedTime(leads.At) - leaseEnd;
            Assert.InRange(late, TimeSpan.Zero, TimeSpan.FromMilliseconds(200));
            trials.Add(late);

            await leader.SignalAsync("CONT");

            await leader.WaitForAsync("Lost leadership", Patience);
            await leader.WaitForAsync(successor + Leads, Patience);
            Line work = await standby.WaitForAsync(Work, Patience, leads);
            await standby.WaitForAsync(Work, Patience, work);
            Assert.DoesNotContain(leader.Lines.Skip(before.Number + 1), line => line.Says(Work));

            // Its work stopped as soon as it was told, so the process lives on as a standby: it was only asleep, like a laptop.
            Assert.DoesNotContain(leader.Lines, line => line.Says("FTL") || line.Says("No longer standing"));
        }

        trials.Write();
    }

    private static async Task<(Replica Leader, Replica Standby)> StartTwoAsync(ReplicaSet replicas)
    {
        Replica leader = replicas.Start();
        await leader.WaitForAsync(BecameLeader, Patience);
        return (leader, await StartStandbyAsync(replicas, leader));
    }

    private static async Task<Replica> StartStandbyAsync(ReplicaSet replicas, Replica leader)
    {
        Replica standby = replicas.Start();
        await standby.WaitForAsync(IdentityOf(leader) + Leads, Patience);
        return standby;
    }

    private static string IdentityOf(Replica replica) =>
        replica.Lines.First(line => line.Says("Standing for")).Text.Split(' ')[^1];

    /// <summary>
    /// Waits for a renewal that the standby sees, and then for an instant at which the next batch and the next renewal are both far: who
    /// is stopped while it writes keeps the lock of the file, and nobody can lead until it goes on.
    /// </summary>
    private static async Task<Line> WaitForQuietAsync(ReplicaSet replicas, Replica leader)
    {
        DateTimeOffset start = TimeProvider.System.GetUtcNow();
        Line batch = leader.Lines[^1];
        while (true)
        {
            batch = await leader.WaitForAsync(Work, Patience, batch);
            DateTimeOffset renewed = await RenewTimeAsync(replicas);
            TimeSpan age = TimeProvider.System.GetUtcNow() - renewed;
            if (renewed > start && age > TimeSpan.FromSeconds(0.1) && age < TimeSpan.FromSeconds(0.4))
                return batch;
        }
    }

    /// <summary>When the lease was last renewed, by the clock of this machine, which all replicas share.</summary>
    private static async Task<DateTimeOffset> RenewTimeAsync(ReplicaSet replicas)
    {
        string file = Path.Combine(replicas.Folder, "default", "nightly-settlement", "lease.json");
        using JsonDocument lease = JsonDocument.Parse(await File.ReadAllTextAsync(file));
        return lease.RootElement.GetProperty("spec").GetProperty("renewTime").GetDateTimeOffset();
    }
}
