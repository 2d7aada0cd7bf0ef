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
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true, EnvironmentName = "Production" });
        builder.Logging.AddProvider(Log);
        builder.Services.AddLeaderElection(options =>
        {
            options.LeaseName = "app";
            options.Identity = identity;
        }).AddScheduledWork(Name, "* * * * *", RunAsync, configure ?? (_ => { }));
        Fake = builder.Services.AddFakeLeaderElection(leases);
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

    /// <summary>Lets time pass until a run begins; at most so many seconds.</summary>
    public async Task<ScheduledRun> NextAsync(int seconds)
    {
        for (int i = 0; i < seconds; i++)
        {
            await _leases.AdvanceAsync(TimeSpan.FromSeconds(1));
            if (_begun.Reader.TryRead(out ScheduledRun? run))
                return run;
        }

        return await NextAsync();
    }

    public bool HasBegun(out ScheduledRun? run) => _begun.Reader.TryRead(out run);

    public async Task UntilNotedAsync(Func<string, bool> condition)
    {
        long since = TimeProvider.System.GetTimestamp();
        while (Note is not { } note || !condition(note))
        {
            bool isPatient = TimeProvider.System.GetElapsedTime(since) < Signal.Patience;
            Assert.True(isPatient, $"in vain for a note, which is {Note}; lease: {_leases.Get("app")}\n{string.Join('\n', Log.Entries)}");
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, CancellationToken.None);
        }
    }

    public Task StopAsync() => _host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    private Task RunAsync(IServiceProvider services, ScheduledRun run, CancellationToken stoppingToken)
    {
        _begun.Writer.TryWrite(run);
        return _work(run, stoppingToken);
    }
}
