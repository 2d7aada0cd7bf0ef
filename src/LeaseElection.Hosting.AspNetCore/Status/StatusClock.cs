using Microsoft.Extensions.DependencyInjection;

namespace LeaseElection.Hosting.AspNetCore.Status;

/// <summary>
/// The clock of heartbeats and of what is told of former terms: that of the elections, never the app's own, which may be a business date.
/// </summary>
internal static class StatusClock
{
    public static TimeProvider Of(IServiceProvider services) =>
        services.GetKeyedService<TimeProvider>(LeaderElectionOptions.TimeProviderKey) ?? TimeProvider.System;
}
