using LeaseElection.Hosting.Deaths;
using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting;

/// <summary>What a loop works with.</summary>
internal sealed record ElectionParts(
    ILeaseStore Store,
    IReadOnlyList<WorkRegistration> Works,
    IServiceScopeFactory Scopes,
    TermWatchdog Watchdog,
    IHostApplicationLifetime Lifetime,
    ElectionTelemetry Telemetry,
    LeadershipAnnouncements Announcements,
    ILogger Logger)
{
    /// <summary>What earlier loops of this process have seen of the lease; <see langword="null"/> for nothing.</summary>
    public LeaseMemory? Memory { get; init; }

    /// <summary>How deaths of holders are proven; <see langword="null"/>: as the store does, if it does.</summary>
    public HolderDeaths? Deaths { get; init; }

    /// <summary>Hears what the core tells, on the loop; <see langword="null"/> where only people listen.</summary>
    public Action<ElectionEvent>? Heard { get; init; }
}
