using Microsoft.Extensions.Configuration;

namespace LeaseElection.Hosting.Configuration;

/// <summary>Finds what no option will see of a section: unknown keys, values of the wrong form, sections of nobody.</summary>
internal sealed class LeaderElectionSectionCheck(IReadOnlyCollection<LeaderElectionRegistration> registrations)
{
    /// <summary>The section of LeaseElection.Hosting.Scheduling, which this library knows nothing else of.</summary>
    private const string Schedules = "ScheduledWork";

    private readonly LeaderElectionOptions _scratch = new();
    private readonly List<string> _failures = [];
    private LeaderElectionSetting[] _settings = [];
    private bool _isBroker;

    public IReadOnlyCollection<string> Failures => _failures;

    /// <param name="section">The section; <see langword="null"/> where there is no configuration.</param>
    /// <param name="isBroker">Whether it is that of a broker, which has fewer settings, and no election below it.</param>
    public void Run(IConfiguration? section, bool isBroker = false)
    {
        _isBroker = isBroker;
        _settings = [.. LeaderElectionSetting.Of(isBroker)];
        if (section is IConfigurationSection { Value.Length: > 0 } text)
            _failures.Add($"{text.Path} is \"{text.Value}\", but must be a section with settings such as {_settings[0].Key}.");
        foreach (IConfigurationSection child in section?.GetChildren() ?? [])
            CheckChild(child, child.Key);
    }

    /// <param name="child">What the configuration holds.</param>
    /// <param name="key">Its key within the section of the election.</param>
    private void CheckChild(IConfigurationSection child, string key)
    {
        if (_settings.FirstOrDefault(setting => Same(setting.Key, key)) is { } setting)
            CheckValue(child, setting);
        else if (_settings.Any(setting => IsBelow(setting.Key, key)))
            CheckGroup(child, key);
        else if (!IsElection(child.Path))
            _failures.Add(Unknown(child, key));
    }

    private void CheckValue(IConfigurationSection child, LeaderElectionSetting setting)
    {
        if (child.GetChildren().FirstOrDefault() is { } inner)
            _failures.Add($"{child.Path} holds {inner.Key}, but must be a single value: {setting.Expected}.");
        else if (child.Value is { Length: > 0 } text && !setting.TrySet(_scratch, text))
            _failures.Add($"{child.Path} is \"{text}\", but must be {setting.ExpectedFor(text)}.");
    }

    private void CheckGroup(IConfigurationSection child, string key)
    {
        if (child.Value is { Length: > 0 } text)
            _failures.Add($"{child.Path} is \"{text}\", but must be a section: {Names(key + ":")}.");
        foreach (IConfigurationSection inner in child.GetChildren())
            CheckChild(inner, key + ":" + inner.Key);
    }

    private string Unknown(IConfigurationSection child, string key)
    {
        IEnumerable<string> roots = registrations.Where(one => one.IsBroker).Select(one => one.Name).Append(Schedules);
        if (roots.FirstOrDefault(root => Same(root, key)) is { } root)
            return $"{child.Path} is not a known setting; it belongs at the root of the configuration: {root}.";
        if (_isBroker && LeaderElectionSetting.All.Any(setting => Same(setting.Key, key)))
            return $"{child.Path} is a setting of elections, and of no use to locks and other leases that are held for a while; remove it.";
        string[] elections = _isBroker ? [] : [.. registrations.Where(election => election.IsShared).Select(election => election.Name)];
        // Settings in a section of their own are meant for an election: then the code may be wrong as well as the key.
        if (!_isBroker && child.GetChildren().Any(inner => _settings.Any(setting => Same(setting.Key, inner.Key))))
        {
            return $"{child.Path} belongs to no registered election{Suggest(NearestName.Of(key, elections)) ?? "."} "
                + $"Call AddLeaderElection(\"{child.Key}\"), or remove the section.";
        }

        string[] keys = [.. _settings.Select(setting => setting.Key)];
        string group = key[..(key.LastIndexOf(':') + 1)];
        string? nearest = NearestName.Of(key, group.Length == 0
            ? [.. keys.Union(keys.Select(known => known.Split(':')[0])), .. elections]
            : [.. keys.Where(known => known.StartsWith(group, StringComparison.OrdinalIgnoreCase))]);
        return $"{child.Path} is not a known setting{Suggest(nearest) ?? $"; remove it. Known are {Names(group)}."}";
    }

    private static string? Suggest(string? name) => name is null ? null : $"; did you mean {name}?";

    private bool IsElection(string path) =>
        registrations.Any(election => Same(election.ConfigurationPath, path) || IsBelow(election.ConfigurationPath, path));

    private string Names(string prefix) => string.Join(", ", _settings
        .Where(setting => setting.Key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
        .Select(setting => setting.Key[prefix.Length..]));

    private static bool Same(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);

    private static bool IsBelow(string path, string parent) => path.StartsWith(parent + ":", StringComparison.OrdinalIgnoreCase);
}
