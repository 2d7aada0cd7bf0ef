using System.Globalization;

namespace LeaseElection.Hosting.Configuration;

/// <summary>What is wrong with the options of one election: every message names option, value, rule and fix.</summary>
/// <param name="registration">The election.</param>
/// <param name="misread">The options whose text could not be read: what they are instead is nobody's value, and nobody's mistake.</param>
internal sealed class OptionFailures(LeaderElectionRegistration registration, IReadOnlyCollection<string> misread)
{
    private readonly List<string> _messages = [];

    public IReadOnlyCollection<string> Messages => _messages;

    /// <summary>Whether nothing is known of what the option was to be, which has been told already.</summary>
    public bool IsMisread(string option) => misread.Contains(option);

    public void Add(string message) => _messages.Add(message);

    public void Add(string option, string value, string rule, string fix)
    {
        if (!IsMisread(option))
            Add($"{registration.KeyOf(option)} is {value}, but must be {rule}: {fix}.");
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
