using Cronos;

namespace LeaseElection.Hosting.Scheduling;

/// <summary>A cron expression as people write it: five fields, or six that begin with the second, or a macro.</summary>
internal static class CronText
{
    /// <exception cref="CronFormatException">It is none.</exception>
    public static CronExpression Parse(string text) =>
        CronExpression.Parse(text, Fields(text) == 6 ? CronFormat.IncludeSeconds : CronFormat.Standard);

    /// <summary>Why it cannot be read, as a sentence; <see langword="null"/> if it can.</summary>
    public static string? WhyNot(string text)
    {
        try
        {
            Parse(text);
            return null;
        }
        catch (CronFormatException exception)
        {
            return Fields(text) is 5 or 6 || text.Trim().StartsWith('@')
                ? exception.Message
                : $"it has {Fields(text)} fields, but must have 5 (minute, hour, day of month, month, day of week), or 6 with the second "
                    + "before them.";
        }
    }

    private static int Fields(string text) => text.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries).Length;
}
