using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LeaseElection.Hosting.Diagnostics;

/// <summary>Answers "am I the leader?" for those who route by it. Never for liveness or readiness.</summary>
internal sealed class LeaderHealthCheck(LeaderElection election) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(election.IsLeader
            ? HealthCheckResult.Healthy("Leading.")
            : new HealthCheckResult(
                context.Registration.FailureStatus, $"Not leading; {election.Status.HolderIdentity ?? "nobody"} holds the lease."));
}
