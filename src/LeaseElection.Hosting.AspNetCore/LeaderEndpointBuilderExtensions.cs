using LeaseElection.Hosting;
using LeaseElection.Hosting.AspNetCore;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Says where a web app can be reached while it leads.</summary>
public static class LeaderEndpointBuilderExtensions
{
    /// <summary>
    /// Publishes the address that the server listens at, with the variable <c>POD_IP</c> where that is all addresses of the machine
    /// (<c>+</c>, <c>*</c>, <c>0.0.0.0</c>, <c>[::]</c>): <see cref="LeaderElectionStatus.LeaderEndpoint"/> tells every replica.
    /// </summary>
    /// <remarks>
    /// Of several addresses the first by <c>http</c> is taken. In a Pod set the variable:
    /// <code>{ name: POD_IP, valueFrom: { fieldRef: { fieldPath: status.podIP } } }</code>
    /// Where the environment is Development, outside of a Pod, <c>127.0.0.1</c> stands for it.
    /// Where the address cannot be told, nothing is published, and a warning (872) says why. A server that has none publishes nothing.
    /// </remarks>
    /// <param name="builder">The election.</param>
    /// <returns>The same builder.</returns>
    public static LeaderElectionBuilder PublishEndpoint(this LeaderElectionBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.PublishEndpoint(services =>
            KestrelEndpoint.Of(
                services.GetService<IServer>(),
                Environment.GetEnvironmentVariable("POD_IP"),
                services.GetService<IHostEnvironment>()?.IsDevelopment() is true
                    && Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST") is null));
    }
}
