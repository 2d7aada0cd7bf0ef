using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace LeaseElection.Hosting.Configuration;

/// <summary>
/// Brings the configuration into the options of every registered election, and refuses at start what it cannot bring there: a
/// setting that is silently dropped is one that the operator believes in.
/// </summary>
/// <param name="registrations">All elections of the host.</param>
/// <param name="configuration">The application's; absent in a bare service collection, and then nothing is bound.</param>
internal sealed class LeaderElectionConfiguration(
    IEnumerable<LeaderElectionRegistration> registrations, IConfiguration? configuration = null)
    : IConfigureNamedOptions<LeaderElectionOptions>, IValidateOptions<LeaderElectionOptions>
{
    private readonly LeaderElectionRegistration[] _registrations = [.. registrations];
    private readonly IConfigurationSection? _shared = configuration?.GetSection(LeaderElectionOptions.SectionName);

    public void Configure(LeaderElectionOptions options) => Configure(Options.DefaultName, options);

    public void Configure(string? name, LeaderElectionOptions options)
    {
        if (Find(name) is not { } registration)
            return;
        if (registration.IsShared && registration.Name.Length > 0)
            Bind(_shared, options, LeaderElectionSetting.All.Where(setting => setting.IsShared), isShared: true);
        Bind(SectionOf(registration), options, LeaderElectionSetting.Of(registration.IsBroker));
    }

    public ValidateOptionsResult Validate(string? name, LeaderElectionOptions options)
    {
        if (Find(name) is not { } registration)
            return ValidateOptionsResult.Skip;

        var check = new LeaderElectionSectionCheck(_registrations);
        // What is wrong in the shared section is one mistake, not one for each election: the first of its readers tells it.
        if (registration == Array.Find(_registrations, candidate => candidate.IsShared))
            check.Run(_shared);
        if (!registration.IsShared || registration.Name.Length > 0)
            check.Run(SectionOf(registration), registration.IsBroker);
        return check.Failures.Count > 0 ? ValidateOptionsResult.Fail(check.Failures) : ValidateOptionsResult.Success;
    }

    private LeaderElectionRegistration? Find(string? name) =>
        Array.Find(_registrations, registration => registration.Name == name);

    private IConfiguration? SectionOf(LeaderElectionRegistration registration) =>
        registration.Section
        ?? (registration.IsBroker ? configuration?.GetSection(registration.Name)
            : registration.Name.Length == 0 ? _shared
            : _shared?.GetSection(registration.Name));

    private static void Bind(
        IConfiguration? section, LeaderElectionOptions options, IEnumerable<LeaderElectionSetting> settings, bool isShared = false)
    {
        foreach (LeaderElectionSetting setting in settings)
        {
            // Empty counts as not written: what manifests and shells mean by it. To tell of text of the wrong form is Validate's business.
            if (section?[setting.Key] is not { Length: > 0 } text)
                continue;
            _ = isShared ? options.Inherited.Add(setting.Key) : options.Inherited.Remove(setting.Key);
            if (setting.TrySet(options, text))
                options.Misread.Remove(setting.Key);
            else
                options.Misread.Add(setting.Key);
        }
    }
}
