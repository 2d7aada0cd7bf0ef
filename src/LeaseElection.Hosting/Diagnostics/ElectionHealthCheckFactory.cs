using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LeaseElection.Hosting.Diagnostics;

/// <summary>
/// Makes the check of one election. A class and no lambda, so that a registration can be recognised by its factory and the app's own
/// takes the place of the default: two checks of one name make the health service throw.
/// </summary>
internal sealed class ElectionHealthCheckFactory(string election)
{
    public static HealthCheckRegistration Register(
        string election, string? name, HealthStatus? failureStatus, IEnumerable<string>? tags, TimeSpan? timeout) =>
        new(name ?? NameOf("leader_election", election),
            new ElectionHealthCheckFactory(election).Create,
            failureStatus,
            tags ?? ["live", "ready"],
            timeout);

    public static bool IsOf(HealthCheckRegistration registration, string election) =>
        registration.Factory.Target is ElectionHealthCheckFactory factory && factory.Election == election;

    public static string NameOf(string check, string election) => election.Length == 0 ? check : check + ":" + election;

    private string Election { get; } = election;

    private LeaderElectionHealthCheck Create(IServiceProvider provider) =>
        new(provider.GetRequiredKeyedService<LeaderElection>(Election));
}
