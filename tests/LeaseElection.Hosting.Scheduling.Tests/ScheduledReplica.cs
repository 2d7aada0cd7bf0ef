using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using LeaseElection.Hosting.Testing;
using LeaseElection.Testing;
using LeaseElection.Testing.Logging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Scheduling;

/// <summary>A host with one schedule, of every minute, over leases in memory and a clock of the test.</summary>
internal sealed class ScheduledReplica : IAsyncDisposable
{
    public const string Name = "books";

    private readonly Channel<ScheduledRun> _begun = Channel.CreateUnbounded<ScheduledRun>();
    private readonly Func<ScheduledRun, CancellationToken, Task> _work;
    private readonly InMemoryLeases _leases;
    private readonly IHost _host;

    private ScheduledReplica(
        InMemoryLeases leases, string identity, Action<ScheduleOptions>? configure, Func<ScheduledRun, CancellationToken, Task>? work)
    {
        _leases = leases;
        _work = work ?? ((_, _) => Task.CompletedTask);
        var builder = new HostApplicationBuilder(
            new HostApplicationBuilderSettings { DisableDefaults = true, EnvironmentName = "Production" });
        builder.Logging.AddProvider(Log);
        builder.Services.AddLeaderElection(options =>
        {
            options.LeaseName = "app";
            options.Identity = identity;
        }).AddScheduledWork(Name, "* * * * *", RunAsync, configure ?? (_ => { }));
        Fake = builder.Services.AddFakeLeaderElection(leases);
        Fake.Patience = Signal.Patience; // Who expects a timeout says so afterwards.
        _host = builder.Build();
    }

    public FakeLeaderElection Fake { get; }

    public ListLoggerProvider Log { get; } = new();

    /// <summary>What the lease says of the schedule.</summary>
    public string? Note => NoteOn(_leases);

    public static string? NoteOn(InMemoryLeases leases) =>
        (string?)leases.Get("app")?["metadata"]?["annotations"]?[$"note.leaseelection.dev/schedule.{Name}"];

    public static async Task<ScheduledReplica> StartAsync(
        InMemoryLeases leases, string identity, Action<ScheduleOptions>? configure = null,
        Func<ScheduledRun, CancellationToken, Task>? work = null)
    {
        var replica = new ScheduledReplica(leases, identity, configure, work);
        await replica._host.StartAsync();
        return replica;
    }

    /// <summary>Leads, and has noted when it began.</summary>
    public async Task LeadAsync()
    {
        await Fake.LeadAsync();
        await UntilNotedAsync(_ => true);
    }

    /// <summary>The next run that begins.</summary>
    public async Task<ScheduledRun> NextAsync()
    {
        using var patience = new CancellationTokenSource(Signal.Patience);
        return await _begun.Reader.ReadAsync(patience.Token);
    }

    /// <summary>Lets time pass, a second after the other, until a run begins.</summary>
    public async Task<ScheduledRun> ComesAsync()
    {
        ScheduledRun? run;
        for (long since = TimeProvider.System.GetTimestamp(); !HasBegun(out run);)
        {
            IsPatient(since, "a run");
            await _leases.AdvanceAsync(TimeSpan.FromSeconds(1));
            await WhileSchedulesLookAsync();
        }

        return run;
    }

    public bool HasBegun([NotNullWhen(true)] out ScheduledRun? run) => _begun.Reader.TryRead(out run);

    /// <summary>Until the lease says so, while time passes in such steps.</summary>
    public async Task UntilNotedAsync(Func<string, bool> condition, TimeSpan step = default)
    {
        for (long since = TimeProvider.System.GetTimestamp(); Note is not { } note || !condition(note);)
        {
            IsPatient(since, $"a note, which is {Note}");
            await _leases.AdvanceAsync(step);
            await WhileSchedulesLookAsync();
        }
    }

    public Task StopAsync() => _host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    /// <summary>Whoever moves the clock waits for elections, and not for the work that they run.</summary>
    private static Task WhileSchedulesLookAsync() => Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, CancellationToken.None);

    private void IsPatient(long since, string what) => Assert.True(
        TimeProvider.System.GetElapsedTime(since) < Signal.Patience,
        $"in vain for {what}; lease: {_leases.Get("app")}\n{string.Join('\n', Log.Entries)}");

    private Task RunAsync(IServiceProvider services, ScheduledRun run, CancellationToken stoppingToken)
    {
        _begun.Writer.TryWrite(run);
        return _work(run, stoppingToken);
    }
}
