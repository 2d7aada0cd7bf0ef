using System.Collections.Concurrent;
using System.Globalization;

namespace LeaseElection.Hosting.Configuration;

/// <summary>What is wrong with the options of one election: every message names option, value, rule and fix.</summary>
/// <param name="registration">The election.</param>
/// <param name="options">Its options.</param>
/// <param name="told">
/// What has been told, and for which election: what several take over from one place is one mistake, of which the first of them tells.
/// </param>
internal sealed class OptionFailures(
    LeaderElectionRegistration registration, LeaderElectionOptions options, ConcurrentDictionary<string, string> told)
{
    private readonly List<string> _messages = [];

    public IReadOnlyCollection<string> Messages => _messages;

    /// <summary>
    /// Whether nothing is known of what the option was to be, which has been told already: what it is instead is nobody's value, and
    /// nobody's mistake.
    /// </summary>
    public bool IsMisread(string option) => options.Misread.Contains(option);

    public void Add(string message) => _messages.Add(message);

    public void Add(string option, string value, string rule, string fix)
    {
        if (IsMisread(option))
            return;
        (string key, string mistake) = (registration.KeyOf(option, options), $"but must be {rule}: {fix}.");
        // Another one may go by settings of its own, of which the same value is legal.
        string forWhom = options.Inherited.Contains(option) ? $" (for {registration.Name} at least)" : "";
        if (told.GetOrAdd($"{key} is {value}, {mistake}", registration.Name) == registration.Name)
            Add($"{key} is {value}{forWhom}, {mistake}");
    }

    public void Add(string option, TimeSpan value, string rule, string fix) =>
        Add(option, Format(value), rule, Misread(value) ?? fix);

    /// <summary>A duration as it is written in a configuration, without the zeros that nobody writes.</summary>
    public static string Format(TimeSpan value) =>
        value >= TimeSpan.Zero && value < TimeSpan.FromDays(1)
            ? value.ToString(@"hh\:mm\:ss\.FFFFFFF", CultureInfo.InvariantCulture).TrimEnd('.')
            : value.ToString("c", CultureInfo.InvariantCulture);

    public static string Quote(string value) => $"\"{value}\"";

    /// <summary>A number that was read as days, which only code or another reader of configurations can do, was meant as seconds.</summary>
    private static string? Misread(TimeSpan value) =>
        value >= TimeSpan.FromDays(1) && value.Ticks % TimeSpan.TicksPerDay == 0
            ? $"that is {Count(value.Days, "day")}; for {Count(value.Days, "second")} write \"{Format(TimeSpan.FromSeconds(value.Days))}\""
            : null;

    private static string Count(int number, string unit) =>
        string.Create(CultureInfo.InvariantCulture, $"{number} {unit}{(number == 1 ? "" : "s")}");
}
