using LeaseElection.Hosting.Yarp;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Hands requests to the leader.</summary>
public static class LeaderForwardingEndpointConventionBuilderExtensions
{
    /// <summary>
    /// Has a standby hand requests for these endpoints to the leader and stream its answers back, instead of refusing them. They need
    /// <see cref="LeadershipEndpointConventionBuilderExtensions.RequireLeadership"/> too; replicas say where they are by
    /// <c>PublishEndpoint()</c>.
    /// </summary>
    /// <remarks>
    /// Bodies are streamed, upgrades (WebSockets) and server-sent events included. Where there is no leader, it has published no endpoint,
    /// or it does not answer, the answer is 503 with <c>Retry-After</c>. The endpoint is a hint: the receiver checks that it leads, and a
    /// request that was forwarded once is never forwarded again. Authorization comes first, here and at the leader. Whoever may update the
    /// lease says where requests go.
    /// </remarks>
    /// <typeparam name="TBuilder">An endpoint or a group.</typeparam>
    /// <param name="builder">The endpoints.</param>
    /// <param name="configure">Changes how.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">A time limit is not more than 0, or something is null.</exception>
    /// <exception cref="InvalidOperationException">Thrown when the host starts: an endpoint does not require leadership.</exception>
    public static TBuilder ForwardToLeader<TBuilder>(this TBuilder builder, Action<LeaderForwardingOptions>? configure = null)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new LeaderForwardingOptions();
        configure?.Invoke(options);
        if (options.Mistake is { } mistake)
            throw new ArgumentException(mistake, nameof(configure));
        return builder.AnswerOnStandby(new LeaderForwarding(options).AnswerAsync);
    }
}
