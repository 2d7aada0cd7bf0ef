using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Tests;

/// <summary>Every message that the library can log, by id.</summary>
internal static class LogMessages
{
    public static IReadOnlyList<(Type Type, LoggerMessageAttribute Message)> All { get; } =
        LogTable.MessagesOf(typeof(LeaderElectionBuilder).Assembly);
}
