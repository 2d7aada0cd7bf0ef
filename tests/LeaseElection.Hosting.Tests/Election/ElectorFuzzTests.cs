using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.Election;

namespace LeaseElection.Hosting.Tests.Election;

/// <summary>
/// Anything may happen, in any order. <see cref="ElectorDriver"/> asserts what must hold on every turn; here it is only walked about.
/// The seed is in the name of a test that fails: the same seed walks the same way.
/// </summary>
public class ElectorFuzzTests
{
    private const int Steps = 3000;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 60)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void AnythingMayHappen_TheInvariantsHold_AndItLeadsAgainWhenAllIsWell(int seed)
    {
        var random = new Random(seed);
        var driver = new ElectorDriver(settings => settings with
        {
            ReleaseOnStop = random.Next(3) > 0,
            WhenWorkEnds = (WorkEndPolicy)random.Next(5),
            WhenWorkOverruns = (WorkOverrunPolicy)random.Next(3),
        }, random);
        var walk = new Walk(driver, random);
        driver.Start();
        for (int i = 0; i < Steps; i++)
            walk.Step();

        driver.IsServed = true;
        driver.See(SomeRecord.Released with { RenewTime = DateTimeOffset.UnixEpoch });
        for (int i = 0; i < 200; i++)
        {
            if (driver.OwesWorkStopped)
                driver.WorkStopped();
            driver.After(1);
        }

        Assert.True(driver.State == LeaderElectionState.Leading, "It does not lead." + driver);

        driver.StopHost();
        driver.WorkStopped();
        driver.After(3);
        Assert.True(driver.State == LeaderElectionState.Stopped, "It does not stop." + driver);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void ShutDownAtAnyMoment_ItStopsOnceWorkHas_AndStartsNothing(int seed)
    {
        var random = new Random(seed);
        var driver = new ElectorDriver(random: random);
        var walk = new Walk(driver, random);
        driver.Start();
        for (int i = random.Next(300); i > 0; i--)
            walk.Step();

        driver.StopHost();
        for (int i = random.Next(20); i > 0 && driver.State != LeaderElectionState.Stopped; i--)
            walk.Step();
        driver.IsServed = true;
        driver.After(1);
        if (driver.OwesWorkStopped)
            driver.WorkStopped();
        driver.After(5);

        Assert.True(driver.State == LeaderElectionState.Stopped, "It does not stop." + driver);
        Assert.Equal(driver.All<ElectionOutput.StartWork>().Count, driver.All<ElectionOutput.StopWork>().Count);
    }

    private sealed class Walk(ElectorDriver driver, Random random)
    {
        private static readonly LeaseStoreErrorKind[] Kinds = Enum.GetValues<LeaseStoreErrorKind>();

        private readonly List<Lease> _history = [];
        private readonly List<ElectionOutput> _lost = [];

        public void Step()
        {
            if (driver.Server.Current is { } current && (_history.Count == 0 || _history[^1] != current))
                _history.Add(current);
            switch (random.Next(16))
            {
                case < 7 when driver.Pending is { } request:
                    Answer(request);
                    break;
                case < 9:
                    driver.After(random.NextDouble() * (random.Next(4) == 0 ? 15 : 1));
                    break;
                case 9:
                    Interfere();
                    break;
                case < 12 when driver.IsWatching:
                    Watch();
                    break;
                case 12 when driver.OwesWorkStopped:
                    driver.WorkStopped();
                    break;
                case 13:
                    Work();
                    break;
                case 14 when random.Next(4) == 0:
                    Clocks();
                    break;
                case 15 when random.Next(8) == 0:
                    driver.StepDown();
                    break;
            }
        }

        private void Answer(ElectionOutput request)
        {
            bool read = request is ElectionOutput.Read;
            switch (random.Next(12))
            {
                case 0:
                    driver.Fail(Error());
                    break;
                case 1 when !read:
                    driver.Reply(new ElectionInput.WriteConflicted());
                    break;
                case 2 when !read:
                    driver.LoseReply(committed: true);
                    break;
                case 3 when !read:
                    _lost.Add(request);
                    driver.LoseReply(committed: false);
                    break;
                default:
                    driver.Serve();
                    break;
            }
        }

        /// <summary>Others write, and abandoned writes commit late.</summary>
        private void Interfere()
        {
            LeaseServer server = driver.Server;
            LeaseRecord record = server.Current?.Record ?? SomeRecord.HeldBy("a");
            switch (random.Next(12))
            {
                case 0:
                    server.Put(SomeRecord.Released);
                    break;
                case 1:
                    server.Put(SomeRecord.HeldBy("b", random.Next(1000), (record.LeaseTransitions ?? 0) + 1, random.Next(1, 30)));
                    break;
                case 2:
                    server.Put(record with { RenewTime = record.RenewTime?.AddSeconds(1) });
                    break;
                case 3:
                    server.Put(record with { HolderIdentity = null });
                    break;
                case 4:
                    server.Put(record with { LeaseDurationSeconds = random.Next(20) });
                    break;
                case 5 when random.Next(4) == 0:
                    server.CountFrom(random.Next(50, 200));
                    break;
                case 6 when server.Current is not null:
                    server.Delete();
                    break;
                case < 9 when _lost.Count > 0:
                    server.Answer(_lost[random.Next(_lost.Count)]);
                    break;
                default:
                    server.Put(record);
                    break;
            }
        }

        private void Watch()
        {
            switch (random.Next(10))
            {
                case 0:
                    driver.Give(new ElectionInput.WatchEnded());
                    break;
                case 1:
                    driver.Give(new ElectionInput.WatchBroken(Error()));
                    break;
                case 2:
                    Tell(new LeaseEvent.Bookmark("1"));
                    break;
                case 3 when driver.Elector.Lease is { } lease:
                    Tell(new LeaseEvent.HolderDead(lease.ResourceVersion));
                    break;
                case 4 when _history.Count > 0:
                    Tell(new LeaseEvent.Changed(_history[random.Next(_history.Count)]));
                    break;
                case 5 when driver.Server.Current is null:
                    driver.SeeDeleted();
                    break;
                default:
                    if (driver.Server.Current is { } current)
                        Tell(new LeaseEvent.Changed(current));
                    break;
            }
        }

        private void Work()
        {
            if (random.Next(2) == 0)
                driver.Give(new ElectionInput.WorkReturned(0, random.Next(2)));
            else
                driver.Give(new ElectionInput.WorkFaulted(0, new InvalidOperationException("bad luck")));
        }

        private void Clocks()
        {
            if (random.Next(2) == 0)
                driver.Freeze(random.NextDouble() * 20);
            else
                driver.SetWall((random.NextDouble() - 0.5) * 100);
        }

        private void Tell(LeaseEvent happened) => driver.Give(new ElectionInput.Watched(happened));

        private LeaseStoreError Error() => new(Kinds[random.Next(Kinds.Length)], "trouble")
        {
            RetryAfter = random.Next(3) == 0 ? TimeSpan.FromSeconds(random.Next(100)) : null,
        };
    }
}
