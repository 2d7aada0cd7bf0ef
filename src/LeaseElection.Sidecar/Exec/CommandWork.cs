using LeaseElection.Hosting;
using LeaseElection.Hosting.Time;
using LeaseElection.Sidecar.Flags;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Sidecar.Exec;

/// <summary>The command as leader work: it has returned when nothing of the command is left.</summary>
internal sealed class CommandWork(
    SidecarOptions options,
    CommandSignals signals,
    CommandExit exit,
    IHostApplicationLifetime lifetime,
    ElectionClock clock,
    ILogger<CommandRun> logger) : ILeaderWork
{
    public async Task ExecuteAsync(LeadershipTerm term, CancellationToken stoppingToken)
    {
        var grace = new CommandGrace(term, options.EffectiveGrace, options.EffectiveStopTimeout, clock);
        using var run = new CommandRun(options.Command, grace, term, clock, logger);
        using IDisposable forwarding = signals.ForwardTo(run);
        exit.IsPending = true;
        run.Start();
        try
        {
            await UntilGoneAsync(run, stoppingToken).ConfigureAwait(false);
        }
        finally
        {
            exit.IsPending = false; // Gone, or not even started.
        }
    }

    private async Task UntilGoneAsync(CommandRun run, CancellationToken stoppingToken)
    {
        // The library cancels on a thread of its own, which may be kept for as long as the command takes to stop.
        CancellationTokenRegistration stopping = stoppingToken.UnsafeRegister(_ => run.Stop(), null);
        await using (stopping.ConfigureAwait(false))
        {
            if (await run.Ended.ConfigureAwait(false) is { } code)
            {
                // Now, and not when what it left behind is gone: that may be never, and a host that stops does not wait for ever.
                logger.CommandEnded(code);
                exit.Code = code;
                lifetime.StopApplication();
            }

            await run.Gone.ConfigureAwait(false);
        }
    }
}
