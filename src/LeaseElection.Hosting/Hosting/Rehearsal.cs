using System.Text.Json;
using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeaseElection.Hosting;

/// <summary>
/// Plays one term through, once per process, over a lease in memory and with work that does nothing. Otherwise the first hand-over of a
/// standby, which is the one that everybody waits for, would pay for compiling the code it runs: about as long as the hand-over itself.
/// </summary>
internal static class Rehearsal
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly Lock Gate = new();
    private static Task? _once;

    /// <summary>Begins on the thread pool, if this process has not rehearsed yet.</summary>
    public static void Begin(IServiceScopeFactory scopes)
    {
        lock (Gate)
            _once ??= Task.Run(() => TryPlayAsync(scopes));
    }

    private static async Task TryPlayAsync(IServiceScopeFactory scopes)
    {
        try
        {
            await PlayAsync(scopes).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // A spoilt rehearsal (the host stopped meanwhile) costs some milliseconds later, and concerns nobody.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    /// <summary>Becomes leader, works, drains and releases.</summary>
    internal static async Task PlayAsync(IServiceScopeFactory scopes)
    {
        PlayJson();
        var clock = new ElectionClock(SuspendAwareTimeProvider.Instance);
        ElectorSettings settings = ElectionSettings.Of(new LeaderElectionOptions(), "rehearsal", TimeSpan.FromSeconds(30));
        var run = new ElectionRun(new ElectionIdentityCard("none", "none", settings.Identity), settings, clock);
        var election = new LeaderElection("rehearsal");
        using var watchdog = new TermWatchdog(NullLogger<TermWatchdog>.Instance);
        var work = new WorkRegistration("rehearsal", "rehearsal", static (_, _, _) => Task.CompletedTask) { PreparesOnStandby = true };
        var telemetry = ElectionTelemetry.Silent(election, run);
        var parts = new ElectionParts(
            new MemoryLeases("rehearsal").Open("rehearsal"), [work], scopes, watchdog, new NoLifetime(), telemetry,
            new LeadershipAnnouncements([]), new Mute());
        var loop = new ElectionLoop(run, election, parts);
        await using (loop.ConfigureAwait(false))
        {
            loop.Start();
            await election.WaitForLeadershipAsync().WaitAsync(Patience, clock.TimeProvider).ConfigureAwait(false);
            loop.RequestShutDown();
            await loop.Completion.WaitAsync(Patience, clock.TimeProvider).ConfigureAwait(false);
        }
    }

    private static void PlayJson()
    {
        LeaseRecord record = LeaseRecords.Acquire(
            null, ElectionSettings.Of(new LeaderElectionOptions(), "rehearsal", TimeSpan.Zero), DateTimeOffset.UnixEpoch);
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(
            new LeaseDocument { Metadata = new LeaseMetadata { Name = "rehearsal" } }.With(record), LeaseJsonContext.Default.LeaseDocument);
        _ = JsonSerializer.Deserialize(json, LeaseJsonContext.Default.LeaseDocument)!.ToLease();
    }

    /// <summary>Formats every message, as real loggers do, and keeps none.</summary>
    private sealed class Mute : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _ = formatter(state, exception);
    }
}
