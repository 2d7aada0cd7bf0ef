using System.Reflection;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Tests;

/// <summary>Every message that the library can log, by id.</summary>
internal static class LogMessages
{
    public static IReadOnlyList<(Type Type, LoggerMessageAttribute Message)> All { get; } =
    [
        .. from type in typeof(LeaderElectionBuilder).Assembly.GetTypes()
           from method in type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
           let message = method.GetCustomAttribute<LoggerMessageAttribute>()
           where message is not null
           orderby message.EventId
           select (type, message),
    ];
}
