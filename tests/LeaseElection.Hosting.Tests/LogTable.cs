using System.Reflection;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Tests;

/// <summary>The tables of docs/observability.md in which log events have their rows.</summary>
internal static class LogTable
{
    /// <summary>Every message that an assembly can log, by id.</summary>
    public static IReadOnlyList<(Type Type, LoggerMessageAttribute Message)> MessagesOf(Assembly assembly) =>
    [
        .. from type in assembly.GetTypes()
           from method in type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
           let message = method.GetCustomAttribute<LoggerMessageAttribute>()
           where message is not null
           orderby message.EventId
           select (type, message),
    ];

    /// <summary>Asserts that the table whose first column is headed so names each message of an assembly, and nothing else.</summary>
    public static void IsEveryMessageOf(Assembly assembly, string heading)
    {
        List<string[]> rows = MarkdownTable.Rows("observability.md", heading);

        Assert.Equal(
            MessagesOf(assembly).Select(one => (one.Message.EventId, one.Message.Level.ToString(), one.Message.EventName!)),
            rows.Select(row => (int.Parse(row[0], null), row[1], row[2].Trim('`'))));
        Assert.All(rows, row => Assert.NotEmpty(row[3]));
        Assert.All(
            rows.Where(row => row[1] is "Error" or "Critical"),
            row => Assert.False(row[3].StartsWith("nothing", StringComparison.Ordinal), $"{row[2]} must not be without something to do."));
    }
}
