using System.Diagnostics;
using System.Diagnostics.Metrics;
using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Election;
using LeaseElection.Testing.Leases;
using LeaseElection.Testing.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace LeaseElection.Hosting.Tests;

/// <summary>What telemetry may cost: nothing where nobody listens, and never the term.</summary>
public sealed class TelemetryGuardTests : HostTest
{
    [Fact]
    public async Task Listeners_Throw_ElectionAndWorkGoOn()
    {
        string lease = "lease-" + Guid.NewGuid().ToString("n");
        ElectionHost host = NewHost();
        host.AddElection(options => options.LeaseName = lease).AddWork(Work.RunAsync);
        IMeterFactory factory = host.Host.Services.GetRequiredService<IMeterFactory>();
        int thrown = 0;
        using var meterListener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (ReferenceEquals(instrument.Meter.Scope, factory))
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        meterListener.SetMeasurementEventCallback<long>((_, _, _, _) => Throw());
        meterListener.SetMeasurementEventCallback<double>((_, _, _, _) => Throw());
        meterListener.Start();
        int thrownByActivities = 0;
        using var activityListener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == LeaderElectionTelemetry.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                // The source is that of all tests that run at this time.
                if ((string?)activity.GetTagItem("leader_election.lease.name") == lease
                    && Interlocked.Increment(ref thrownByActivities) > 0)
                    throw new InvalidOperationException("A bug in a listener.");
            },
        };
        ActivitySource.AddActivityListener(activityListener);

        await host.StartAndLeadAsync();
        await Work.StartedAsync();
        await RenewAsync();
        await host.StopAsync();

        // At least: acquired, released, term; get, create, update, release.
        Assert.InRange(thrown, 7, int.MaxValue);
        Assert.Equal(3, thrownByActivities);
        Assert.Null(Server.Holder);
        Assert.Equal((1, 1), (Work.Starts, Work.Stops));
        Assert.Empty(host.Logs.Named("LoopFailed"));

        void Throw()
        {
            Interlocked.Increment(ref thrown);
            throw new InvalidOperationException("A bug in a listener.");
        }
    }

    [Fact]
    public async Task NobodyListens_NothingIsAllocated()
    {
        await using ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var source = new ActivitySource("heard by nobody");
        ElectionRun run = SomeRun.On(Time);
        var instruments = new ElectionInstruments(services.GetRequiredService<IMeterFactory>());
        var metrics = new ElectionMetrics(instruments, new LeaderElection(""), run);
        var telemetry = new ElectionTelemetry(metrics, new ElectionActivities(source, run));
        ElectionEvent[] term =
        [
            new ElectionEvent.BecameLeader(new TermFacts(1, default, "1", null)),
            new ElectionEvent.Renewed(default),
            new ElectionEvent.Draining(StopReason.ShutDown),
            new ElectionEvent.LeadershipLost(StopReason.DrainTimedOut, null),
            new ElectionEvent.WorkOverran(default),
            new ElectionEvent.Released(),
        ];
        var fault = new TimeoutException();
        await using var store = new MeteredLeaseStore(new InstantStore(), metrics, Time);

        Assert.Equal(0, AllocatedBy(Play));
        using var recorder = new MeasurementRecorder(services); // The control: the same is heard now.
        Play();
        Assert.Equal(
            [
                "leader_election.lease.request.duration", "leader_election.term.duration", "leader_election.transitions",
                "leader_election.work.faults", "leader_election.work.overruns",
            ],
            recorder.All.Select(measured => measured.Instrument).Distinct().Order());

        void Play()
        {
            telemetry.Settle(LeaderElectionState.TakingOver, run.Clock.Now);
            foreach (ElectionEvent told in term)
                telemetry.Observe(told);
            telemetry.Settle(LeaderElectionState.Draining, run.Clock.Now);
            telemetry.Settle(LeaderElectionState.Releasing, run.Clock.Now);
            telemetry.Settle(LeaderElectionState.Standby, run.Clock.Now);
            metrics.WorkFaulted(fault);
            _ = store.ReadAsync(default, default);
        }
    }

    private static long AllocatedBy(Action play)
    {
        play(); // Whatever is made once.
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            play();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
