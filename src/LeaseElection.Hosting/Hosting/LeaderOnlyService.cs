using Microsoft.Extensions.DependencyInjection;

namespace LeaseElection.Hosting;

/// <summary>
/// Finds that a hosted service which was made leader-only is something else in the app too. Neither is noticed before it hurts: work that
/// runs on every replica, and work that is handed to an instance which never runs.
/// </summary>
internal static class LeaderOnlyService
{
    /// <param name="type">The hosted service.</param>
    /// <param name="election">The name of its election.</param>
    /// <param name="hosted">The services of the host.</param>
    /// <param name="isGiven">Whether the app says itself which instance runs.</param>
    /// <returns>What else it is and what to do; <see langword="null"/> if it is nothing else.</returns>
    public static string? WhatElse(Type type, string election, HostedServices hosted, bool isGiven)
    {
        string added = election.Length == 0 ? "AddLeaderElection()" : $"AddLeaderElection(\"{election}\")";
        string mine = isGiven ? "AddHostedService(...)" : $"AddHostedService<{type.Name}>()";
        if (hosted.Starts(type))
        {
            return $"{type.Name} runs on the leader only, by {added}.{mine}, but the host starts it as an ordinary hosted service too, on "
                + $"every replica. Remove services.AddHostedService<{type.Name}>(), or what else registers it as IHostedService.";
        }

        if (isGiven || hosted.SingletonOf(type) is not { } singleton)
            return null;
        string other = singleton.ServiceType.Name + (singleton.ServiceType == type ? "" : ", which is one");
        return $"{type.Name} runs on the leader only, by {added}.{mine}, in a new instance for each term, but the app has a "
            + $"singleton {other}: whoever gets that hands its work to an instance that never runs. To run the singleton write "
            + $"{added}.AddHostedService(services => {Get(singleton, type)}).";
    }

    private static string Get(ServiceDescriptor singleton, Type type)
    {
        string cast = singleton.ServiceType == type ? "" : $"({type.Name})";
        string service = singleton.ServiceType.Name;
        return singleton.ServiceKey switch
        {
            null => $"{cast}services.GetRequiredService<{service}>()",
            string key => $"{cast}services.GetRequiredKeyedService<{service}>(\"{key}\")",
            var key => $"{cast}services.GetRequiredKeyedService<{service}>({key})",
        };
    }
}
