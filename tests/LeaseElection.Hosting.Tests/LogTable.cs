using System.Reflection;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Tests;

/// <summary>The tables of docs/observability.md in which log events have their rows.</summary>
internal static class LogTable
{
    /// <summary>Asserts that the table whose first column is headed so names each message of an assembly, and nothing else.</summary>
    public static void IsEveryMessageOf(Assembly assembly, string heading)
    {
        IEnumerable<LoggerMessageAttribute> messages = assembly.GetTypes()
            .SelectMany(type => type.GetMethods(
                BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>()).OfType<LoggerMessageAttribute>();
        List<string[]> rows = MarkdownTable.Rows("observability.md", heading);

        Assert.Equal(
            messages.OrderBy(message => message.EventId).Select(message => (message.EventId, message.Level.ToString(), message.EventName!)),
            rows.Select(row => (int.Parse(row[0], null), row[1], row[2].Trim('`'))));
        Assert.All(rows, row => Assert.NotEmpty(row[3]));
        Assert.All(
            rows.Where(row => row[1] is "Error" or "Critical"),
            row => Assert.False(row[3].StartsWith("nothing", StringComparison.Ordinal), $"{row[2]} must not be without something to do."));
    }
}
