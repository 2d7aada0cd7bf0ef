using LeaseElection.Hosting;
using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Diagnostics;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the health checks of elections.</summary>
public static class LeaderElectionHealthChecksBuilderExtensions
{
    /// <summary>
    /// Sets name, failure status, tags and timeout of the health check of an election. <c>AddLeaderElection()</c> registers it by itself,
    /// as <c>leader_election</c> with the tags <c>live</c> and <c>ready</c>; call this only to change that.
    /// </summary>
    /// <param name="builder">The health checks.</param>
    /// <param name="name">Its name; default <c>leader_election</c>, or <c>leader_election:{election}</c>.</param>
    /// <param name="failureStatus">
    /// What it reports when work still runs although another process may lead, or the election is dead; default
    /// <see cref="HealthStatus.Unhealthy"/>. A standby is Healthy, trouble that is still safe is Degraded.
    /// </param>
    /// <param name="tags">Its tags; default <c>live</c> and <c>ready</c>.</param>
    /// <param name="timeout">Its timeout. It does no I/O, so it needs none.</param>
    /// <param name="election">The name of the election; default the unnamed one.</param>
    /// <returns>The same builder.</returns>
    public static IHealthChecksBuilder AddLeaderElection(
        this IHealthChecksBuilder builder,
        string? name = null,
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null,
        TimeSpan? timeout = null,
        string election = "")
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.Configure<HealthCheckServiceOptions>(options =>
        {
            foreach (HealthCheckRegistration known in options.Registrations
                .Where(known => ElectionHealthCheckFactory.IsOf(known, election))
                .ToArray())
            {
                options.Registrations.Remove(known);
            }

            options.Registrations.Add(ElectionHealthCheckFactory.Register(election, name, failureStatus, tags, timeout));
        });
        return builder;
    }

    /// <summary>
    /// Adds a check that is healthy on the leader only, for those who route traffic by it. Give it a tag of its own and never use it for
    /// readiness: a rolling update would wait for a new pod to lead, and the new pod for the old one to go.
    /// </summary>
    /// <param name="builder">The health checks.</param>
    /// <param name="name">Its name; default <c>leader</c>, or <c>leader:{election}</c>.</param>
    /// <param name="failureStatus">What it reports elsewhere; default <see cref="HealthStatus.Unhealthy"/>.</param>
    /// <param name="tags">Its tags; default <c>leader</c>.</param>
    /// <param name="timeout">Its timeout. It does no I/O, so it needs none.</param>
    /// <param name="election">
    /// The name of the election; default the unnamed one. If the host has none of that name, its health checks fail when they are first
    /// made, which <c>MapHealthChecks</c> does, with an <c>OptionsValidationException</c>.
    /// </param>
    /// <returns>The same builder.</returns>
    public static IHealthChecksBuilder AddIsLeader(
        this IHealthChecksBuilder builder,
        string? name = null,
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null,
        TimeSpan? timeout = null,
        string election = "")
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddOptions<HealthCheckServiceOptions>().Validate<IEnumerable<LeaderElectionRegistration>>(
            (_, elections) => elections.Any(known => known.Name == election && !known.IsBroker),
            $"AddIsLeader looks at {(election.Length == 0 ? "the election without a name" : $"the election \"{election}\"")}, "
            + "and this host has none. Name the one that it shall look at, as AddLeaderElection does: AddIsLeader(election: \"NAME\").");
        return builder.Add(new HealthCheckRegistration(
            name ?? ElectionHealthCheckFactory.NameOf("leader", election),
            provider => new LeaderHealthCheck(provider.GetRequiredKeyedService<LeaderElection>(election)),
            failureStatus,
            tags ?? ["leader"],
            timeout));
    }

    /// <summary>The default check, unless the app has set one up itself, before or after.</summary>
    internal static void AddLeaderElectionHealthCheck(this IServiceCollection services, string election) =>
        services.PostConfigure<HealthCheckServiceOptions>(options =>
        {
            if (!options.Registrations.Any(known => ElectionHealthCheckFactory.IsOf(known, election)))
                options.Registrations.Add(ElectionHealthCheckFactory.Register(election, null, null, null, null));
        });
}
