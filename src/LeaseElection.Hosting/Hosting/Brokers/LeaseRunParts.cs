using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Brokers;

/// <summary>What all runs of one broker share.</summary>
internal sealed record LeaseRunParts(
    string BrokerName,
    string LeaseNamespace,
    ElectorSettings Settings,
    ILeaseStoreSource Leases,
    ElectionClock Clock,
    IServiceScopeFactory Scopes,
    TermWatchdog Watchdog,
    LeaseBrokerInstruments Instruments,
    ILogger Logger)
{
    private bool _hasToldOfWatch;

    /// <summary>
    /// Whether somebody has said already that leases may not be watched, which is so for all of them. Says so from now on.
    /// </summary>
    public bool HasToldOfWatch() => Interlocked.Exchange(ref _hasToldOfWatch, true);
}
