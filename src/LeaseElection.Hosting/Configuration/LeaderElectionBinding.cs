using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace LeaseElection.Hosting.Configuration;

/// <summary>Registers the options of an election: bound to a section, checked when the host starts, fixed from then on.</summary>
internal static class LeaderElectionBinding
{
    /// <summary>
    /// Adds the options <paramref name="name"/>. Code that configures them must be added after this, because it wins. A second
    /// call for the same election changes nothing.
    /// </summary>
    /// <param name="services">Where the options are registered.</param>
    /// <param name="name">The election's name; empty for the one without a name.</param>
    /// <param name="section">
    /// The only section to bind. Without it: <c>LeaderElection</c>, and for a named election <c>LeaderElection:{name}</c> over
    /// the shared settings of <c>LeaderElection</c>.
    /// </param>
    /// <returns>The registration of this election.</returns>
    /// <exception cref="ArgumentException">The name cannot be a section's, or the section is a whole configuration.</exception>
    /// <exception cref="InvalidOperationException">The same election was added with another section.</exception>
    public static LeaderElectionRegistration BindLeaderElection(
        this IServiceCollection services, string name, IConfiguration? section)
    {
        CheckName(name);
        // A whole configuration holds the process's environment and everybody's settings: nothing in it could be called unknown.
        if (section is IConfigurationRoot)
        {
            throw new ArgumentException(
                $"Pass a section, for example configuration.GetSection(\"{LeaderElectionOptions.SectionName}\"), "
                + "not the whole configuration.",
                nameof(section));
        }

        return services.Bind(new LeaderElectionRegistration(name, section));
    }

    /// <summary>Adds the options of a broker, by the name of its section. A second call for the same section changes nothing.</summary>
    /// <exception cref="ArgumentException">The name cannot be a section's.</exception>
    /// <exception cref="InvalidOperationException">An election has this name.</exception>
    public static LeaderElectionRegistration BindLeaseBroker(this IServiceCollection services, string section)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(section);
        bool isElections = section.Equals(LeaderElectionOptions.SectionName, StringComparison.OrdinalIgnoreCase);
        if (isElections || section.Contains("__", StringComparison.Ordinal) || section.Trim() != section)
        {
            throw new ArgumentException(
                $"\"{section}\" cannot be the section of a broker of leases: it must not be that of elections, and must hold no "
                + "\"__\" and no space at either end. Write for example \"LeaseLocks\".",
                nameof(section));
        }

        return services.Bind(new LeaderElectionRegistration(section, Section: null) { IsBroker = true });
    }

    private static LeaderElectionRegistration Bind(this IServiceCollection services, LeaderElectionRegistration registration)
    {
        if (Find(services, registration.Name) is { } existing)
        {
            bool same = existing.IsBroker == registration.IsBroker
                && (registration.Section is null || existing.ConfigurationPath == registration.ConfigurationPath);
            return same ? existing
                : throw new InvalidOperationException(
                    $"The {existing.Kind} \"{existing.Name}\" is bound to the section {existing.ConfigurationPath} already, and "
                    + $"the {registration.Kind} cannot be bound to {registration.ConfigurationPath} too. Give the second one a "
                    + "name of its own.");
        }

        services.AddSingleton(registration);
        services.TryAddEnumerable([
            ServiceDescriptor.Singleton<IConfigureOptions<LeaderElectionOptions>, LeaderElectionConfiguration>(),
            ServiceDescriptor.Singleton<IValidateOptions<LeaderElectionOptions>, LeaderElectionConfiguration>(),
            ServiceDescriptor.Singleton<IValidateOptions<LeaderElectionOptions>, LeaderElectionOptionsValidator>(),
        ]);
        services.AddOptions<LeaderElectionOptions>(registration.Name).ValidateOnStart();
        return registration;
    }

    private static LeaderElectionRegistration? Find(IServiceCollection services, string name) =>
        services
            .Where(descriptor => !descriptor.IsKeyedService)
            .Select(descriptor => descriptor.ImplementationInstance)
            .OfType<LeaderElectionRegistration>()
            .FirstOrDefault(registration => registration.Name == name);

    private static void CheckName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        bool isSetting = LeaderElectionSetting.All.Any(setting =>
            setting.Key.Split(':')[0].Equals(name, StringComparison.OrdinalIgnoreCase));
        // ':' and, in environment variables, "__" separate the parts of a key.
        if (isSetting || name.Contains(':') || name.Contains("__", StringComparison.Ordinal) || name.Trim() != name)
        {
            throw new ArgumentException(
                $"An election cannot be named \"{name}\": its settings are in {LeaderElectionOptions.SectionName}:{{name}}, so the name "
                + "must not be that of a setting, and must hold no ':', no \"__\" and no space at either end.",
                nameof(name));
        }
    }
}
