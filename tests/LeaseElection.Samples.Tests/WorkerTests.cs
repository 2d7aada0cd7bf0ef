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
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Well below what is left of a lease of 15 s that is renewed every 3 s, whose end nobody waited for then; what it takes on a quiet
    /// machine is printed.
    /// </summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(15) / 2;

    [Fact]
    public async Task First_Started_LeadsAtOnceAndWorks()
    {
        await using var replicas = new ReplicaSet("Worker", output);
        Replica only = replicas.Start();

        Line stands = await only.WaitForAsync("Standing for", Patience);
        Line leads = await only.WaitForAsync(BecameLeader, Patience);
        Assert.InRange(TimeProvider.System.GetElapsedTime(stands.At, leads.At), TimeSpan.Zero, AtOnce);
        Line work = await only.WaitForAsync(Work, Patience, leads);
        await only.WaitForAsync(Work, Patience, work);

        string token = leads.Text[leads.Text.IndexOf("fencing token", StringComparison.Ordinal)..];
        Assert.True(work.Says(token), $"'{work.Text}' should name the {token}");
    }

    /// <summary>A log server finds all that concerns one lease only if its name is a value of its own.</summary>
    [Fact]
    public async Task Logs_OfTheElection_KeepTheirValues()
    {
        await using var replicas = new ReplicaSet("Worker", output);
        Replica only = replicas.Start(
            "--Serilog:WriteTo:0:Args:outputTemplate", "{LeaseNamespace:l}|{LeaseName:l}|{HolderIdentity:l}|{Message:lj}{NewLine}");

        Line leads = await only.WaitForAsync(BecameLeader, Patience);

        Assert.Equal(["default", "nightly-settlement", IdentityOf(only)], leads.Text.Split('|')[..^1]);
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
    public async Task Leader_AskedToStop_SecondLeadsAtOnceAndNeverBefore(string signal)
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
            Assert.DoesNotContain(stopping, line => line.Says("Nobody holds")); // Its own release is no news to it.
            Line[] released = [.. stopping.SkipWhile(line => !line.Says("Released lease default/nightly-settlement"))];
            Assert.NotEmpty(released);
            Assert.DoesNotContain(released, line => line.Says(Work));
            TimeSpan time = TimeProvider.System.GetElapsedTime(asked, leads.At);
            Assert.InRange(time, TimeSpan.Zero, AtOnce);
            trials.Add(time);
            (leader, standby) = (standby, await StartStandbyAsync(replicas, standby));
        }

        trials.Write();
    }

    [UnixFact]
    public async Task Leader_Killed_SecondLeadsAtOnce()
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
            Assert.InRange(time, TimeSpan.Zero, AtOnce);
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
            // Out of step with the work, or every freeze could hit a write; and above a second, or the times in the
            // lease run ahead of the clock.
            ("RenewInterval", "00:00:01.3"),
        ];
        var trials = new Trials(output, "end of the lease of a stopped process to next leader");
        for (int i = 0; i < Trials.Count; i++)
        {
            await using var replicas = new ReplicaSet("Worker", output, options);
            (Replica leader, Replica standby) = await StartTwoAsync(replicas);
            string successor = IdentityOf(standby);
            await FreezeAsync(replicas, leader);
            DateTimeOffset leaseEnd = await RenewTimeAsync(replicas) + duration;

            Line leads = await standby.WaitForAsync(BecameLeader, Patience);
            TimeSpan late = TimeProvider.System.GetUtcNow() - TimeProvider.System.GetElapsedTime(leads.At) - leaseEnd;
            Assert.InRange(late, TimeSpan.Zero, duration * 0.8); // Not another lease.
            trials.Add(late);

            Line before = leader.Lines[^1];
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
    /// Freezes it, but neither in a write, when it would keep the lock of the file and nobody could lead until it goes on; nor in a batch,
    /// which it would end when it wakes: only a fencing token keeps that from doing harm.
    /// </summary>
    private static async Task FreezeAsync(ReplicaSet replicas, Replica leader)
    {
        TimeSpan half = TimeSpan.FromSeconds(0.5); // Of the time between two batches.
        Line batch = leader.Lines[^1];
        while (true)
        {
            batch = await leader.WaitForAsync(Work, Patience, batch);
            await leader.PauseAsync(Patience);
            if (TimeProvider.System.GetElapsedTime(batch.At) < half && IsUnlocked(Path.Combine(FolderOfLease(replicas), "lease.lock")))
                return;
            await leader.SignalAsync("CONT");
        }
    }

    private static bool IsUnlocked(string file)
    {
        try
        {
            using var taken = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static string FolderOfLease(ReplicaSet replicas) => Path.Combine(replicas.Folder, "default", "nightly-settlement");

    /// <summary>When the lease was last renewed, by the clock of this machine, which all replicas share.</summary>
    private static async Task<DateTimeOffset> RenewTimeAsync(ReplicaSet replicas)
    {
        string file = Path.Combine(FolderOfLease(replicas), "lease.json");
        using JsonDocument lease = JsonDocument.Parse(await File.ReadAllTextAsync(file));
        return lease.RootElement.GetProperty("spec").GetProperty("renewTime").GetDateTimeOffset();
    }
}
