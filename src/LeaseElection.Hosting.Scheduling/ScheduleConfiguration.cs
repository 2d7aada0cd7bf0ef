using System.Globalization;
using LeaseElection.Hosting.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace LeaseElection.Hosting.Scheduling;

/// <summary>Brings the configuration into the options of every schedule, and says at start what is wrong with them.</summary>
/// <param name="registrations">All schedules of the host.</param>
/// <param name="configuration">The application's; absent in a bare service collection, and then nothing is bound.</param>
internal sealed class ScheduleConfiguration(IEnumerable<ScheduleRegistration> registrations, IConfiguration? configuration = null)
    : IConfigureNamedOptions<ScheduleOptions>, IValidateOptions<ScheduleOptions>
{
    private readonly ScheduleRegistration[] _registrations = [.. registrations];

    public void Configure(ScheduleOptions options) => Configure(Options.DefaultName, options);

    public void Configure(string? name, ScheduleOptions options)
    {
        if (Array.Find(_registrations, registration => registration.Name == name) is not { } registration)
            return;
        options.Cron = registration.Cron;
        foreach (ScheduleSetting setting in ScheduleSetting.All)
        {
            if (configuration?.GetSection(registration.SectionPath)[setting.Key] is { Length: > 0 } text)
                _ = setting.TrySet(options, text);
        }
    }

    public ValidateOptionsResult Validate(string? name, ScheduleOptions options)
    {
        if (Array.Find(_registrations, registration => registration.Name == name) is not { } registration)
            return ValidateOptionsResult.Skip;
        List<string> failures = [.. SectionFailures(registration)];
        // Of all sections the first schedule tells: that of nobody is one mistake.
        if (registration == _registrations[0])
            failures.AddRange(SectionsOfNobody());
        failures.AddRange(OptionFailures(registration, options));
        return failures.Count > 0 ? ValidateOptionsResult.Fail(failures) : ValidateOptionsResult.Success;
    }

    private IEnumerable<string> SectionsOfNobody()
    {
        string[] names = [.. _registrations.Select(registration => registration.Name)];
        foreach (IConfigurationSection section in configuration?.GetSection(ScheduleOptions.SectionName).GetChildren() ?? [])
        {
            if (names.Contains(section.Key, StringComparer.OrdinalIgnoreCase))
                continue;
            string meant = NearestName.Of(section.Key, names) is { } near
                ? $"; did you mean {near}?"
                : $"; the schedules are {string.Join(", ", names)}.";
            yield return $"{section.Path} belongs to no schedule{meant} Correct the name, or remove the section.";
        }
    }

    private IEnumerable<string> SectionFailures(ScheduleRegistration registration)
    {
        IConfigurationSection? section = configuration?.GetSection(registration.SectionPath);
        if (section?.Value is { Length: > 0 } text)
            yield return $"{section.Path} is \"{text}\", but must be a section with settings such as Cron.";
        foreach (IConfigurationSection child in section?.GetChildren() ?? [])
        {
            ScheduleSetting? setting =
                ScheduleSetting.All.FirstOrDefault(known => known.Key.Equals(child.Key, StringComparison.OrdinalIgnoreCase));
            if (setting is null)
            {
                string[] keys = [.. ScheduleSetting.All.Select(known => known.Key)];
                string meant = NearestName.Of(child.Key, keys) is { } near
                    ? $"did you mean {near}?"
                    : $"known are {string.Join(", ", keys)}.";
                yield return $"{child.Path} is not a known setting: {meant}";
            }
            else if (child.Value is { Length: > 0 } value && !setting.TrySet(new ScheduleOptions(), value))
                yield return $"{child.Path} is \"{value}\", but must be {setting.Expected}.";
            else if (setting.Key == nameof(ScheduleOptions.Cron) && child.Value is { Length: > 0 } cron
                && cron != (registration.Cron ?? cron))
            {
                yield return $"{child.Path} is \"{cron}\", but the code says \"{registration.Cron}\": remove one of them.";
            }
        }
    }

    private static IEnumerable<string> OptionFailures(ScheduleRegistration registration, ScheduleOptions options)
    {
        string path = registration.SectionPath + ":";
        if (string.IsNullOrWhiteSpace(options.Cron))
        {
            yield return $"{path}Cron is missing: say when {registration.Name} is due, for example \"0 3 * * *\" for three o'clock every "
                + "night.";
        }
        else if (CronText.WhyNot(options.Cron) is { } reason)
            yield return $"{path}Cron is \"{options.Cron}\", which is no cron expression: {reason}";
        else if (CronText.Parse(options.Cron).GetNextOccurrence(DateTimeOffset.UnixEpoch, TimeZoneInfo.Utc) is null)
            yield return $"{path}Cron is \"{options.Cron}\", which is never due: correct the day or the month.";
        if (ScheduleZone.Find(options.TimeZone) is null)
        {
            yield return $"{path}TimeZone is \"{options.TimeZone}\", which this machine does not know: write a name such as "
                + "Europe/Zurich or UTC, and see that the container has time zones (the package tzdata).";
        }

        if (!Enum.IsDefined(options.Missed))
            yield return $"{path}Missed is {(int)options.Missed}, but must be RunOnce, Skip or RunAll: choose one of them.";
        if (!Enum.IsDefined(options.Delivery))
            yield return $"{path}Delivery is {(int)options.Delivery}, but must be AtMostOnce or AtLeastOnce: choose one of them.";
        if (options is { Missed: MissedRuns.Skip, Delivery: Delivery.AtLeastOnce })
        {
            yield return $"{path}Missed is Skip, but Delivery is AtLeastOnce, which repeats what was interrupted, however late: "
                + "choose RunOnce or RunAll, or AtMostOnce.";
        }

        if (options.StartingDeadline < TimeSpan.Zero || options.StartingDeadline > TimeSpan.FromDays(1))
        {
            yield return $"{path}StartingDeadline is {options.StartingDeadline.ToString("c", CultureInfo.InvariantCulture)}, but must be "
                + "00:00:00 to 1.00:00:00: write hours:minutes:seconds.";
        }
        else if (options.Missed == MissedRuns.Skip && options.StartingDeadline < TimeSpan.FromSeconds(1))
        {
            yield return $"{path}StartingDeadline is {options.StartingDeadline.ToString("c", CultureInfo.InvariantCulture)}, but with "
                + "Missed Skip must be at least 00:00:01, because no run begins at the very instant that it is due: it would be left out.";
        }

        if (options.MaxMissedRuns is < 1 or > 10_000)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{path}MaxMissedRuns is {options.MaxMissedRuns}, but must be 1 to 10000: for none choose Missed Skip, for one RunOnce.");
        }
    }
}
