using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Time;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting;

/// <summary>
/// Tells, once, that an election has not begun long after its host began to start. An election begins when everything else has started: a
/// service whose start never returns (the classic mistake is a loop in <c>StartAsync</c>) would keep it from that for ever, without a word.
/// </summary>
/// <remarks>
/// It counts from when the host made its services, not from a call of the host: with such a service before ours there may be none. It
/// costs a timer, which is gone when the election begins.
/// </remarks>
internal sealed class StartWatch : IDisposable
{
    /// <summary>Longer than what apps do when they start; some migrate a database, which is worth a line.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly LeaderElectionRegistration _registration;
    private readonly LeaderElection _election;
    private readonly HostedServices _hosted;
    private readonly ILogger _logger;
    private readonly ITimer _timer;

    public StartWatch(
        LeaderElectionRegistration registration, LeaderElection election, HostedServices hosted, ElectionClock clock, ILogger logger)
    {
        (_registration, _election, _hosted, _logger) = (registration, election, hosted, logger);
        using (ExecutionContext.SuppressFlow())
            _timer = clock.TimeProvider.CreateTimer(_ => Tell(), null, Patience, Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => _timer.Dispose();

    private void Tell()
    {
        string cause;
        try
        {
            cause = _hosted.WhatTheHostWaitsFor();
        }
        catch (ObjectDisposedException)
        {
            return; // The host has given its start up just now, and says why. Thrown by a timer, it would end the process instead.
        }
        _election.NotBegun = "The election has not begun, because its host has not started yet: " + cause;
        _logger.NotBegun(_registration.ConfigurationPath, Patience.TotalSeconds, cause);
    }
}
