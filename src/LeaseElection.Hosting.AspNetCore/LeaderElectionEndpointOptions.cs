using Microsoft.AspNetCore.Builder;

namespace LeaseElection.Hosting.AspNetCore;

/// <summary>What <c>MapLeaderElection</c> maps.</summary>
public sealed class LeaderElectionEndpointOptions
{
    /// <summary>
    /// How often server-sent events repeat the status while nothing changes and no renewal comes, so that readers notice a dead connection
    /// and proxies do not close an idle one.
    /// </summary>
    /// <value>Default 5 seconds. At least 100 milliseconds.</value>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(5);

    internal Action<IEndpointConventionBuilder>? StepDown { get; private set; }

    /// <summary>Maps <c>POST {pattern}/{name}/step-down</c>, by which people and scripts make the leader give way.</summary>
    /// <param name="authorize">
    /// Says who may: <c>endpoint => endpoint.RequireAuthorization("operators")</c>, or <c>AllowAnonymous()</c> where the network keeps
    /// others out. If it says neither, mapping fails. It alone holds: <c>AllowAnonymous()</c> on the whole opens nothing here.
    /// </param>
    public void MapStepDown(Action<IEndpointConventionBuilder> authorize)
    {
        ArgumentNullException.ThrowIfNull(authorize);
        StepDown = authorize;
    }
}
