using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LeaseElection.Hosting.Scheduling;

/// <summary>All schedules of the app: those of an election are one piece of its work.</summary>
internal sealed class Schedules(
    IEnumerable<ScheduleRegistration> registrations,
    IOptionsMonitor<ScheduleOptions> options,
    IServiceScopeFactory scopes,
    ScheduleInstruments instruments,
    ILogger<Schedules> logger,
    [FromKeyedServices(LeaderElectionOptions.TimeProviderKey)] TimeProvider? clock = null)
{
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;

    /// <summary>All schedules of an election, as its work.</summary>
    public static Func<IServiceProvider, LeadershipTerm, CancellationToken, Task> WorkOf(string election) =>
        (services, term, stoppingToken) => services.GetRequiredService<Schedules>()
            .RunAsync(election, term, stoppingToken);

    private async Task RunAsync(string election, LeadershipTerm term, CancellationToken stoppingToken)
    {
        // The take-over was a write to the lease as it is, so what it said then is all that any leader has noted.
        IReadOnlyDictionary<string, string> notes = term.Notes;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        // Each on a thread of its own to begin with: a run may compute for hours before it first awaits anything.
        List<Task> running = [.. registrations.Where(schedule => schedule.Election == election).Select(schedule =>
        {
            string? noted = notes.GetValueOrDefault(ScheduleName.NoteOf(schedule.Name));
            return Task.Run(() => RunAsync(schedule, term, noted, end.Token), CancellationToken.None);
        })];

        // One that ends has lost the term, or met a bug: the others are not to go on as if nothing were.
        await Task.WhenAny(running).ConfigureAwait(false);
        await end.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(running).ConfigureAwait(false);
    }

    private async Task RunAsync(ScheduleRegistration schedule, LeadershipTerm term, string? noted, CancellationToken stoppingToken)
    {
        using var runner = new ScheduleRunner(schedule, options.Get(schedule.Name), term, scopes, _clock, instruments, logger);
        await runner.RunAsync(noted, stoppingToken).ConfigureAwait(false);
    }
}
