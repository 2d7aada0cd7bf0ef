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

        var registration = new LeaderElectionRegistration(name, section);
        if (Find(services, name) is { } existing)
        {
            return section is null || existing.ConfigurationPath == registration.ConfigurationPath ? existing
                : throw new InvalidOperationException(
                    $"The election \"{name}\" is bound to the section {existing.ConfigurationPath} already, and cannot be bound "
                    + $"to {registration.ConfigurationPath} too. Give the second election a name of its own.");
        }

        services.AddSingleton(registration);
        services.TryAddEnumerable([
            ServiceDescriptor.Singleton<IConfigureOptions<LeaderElectionOptions>, LeaderElectionConfiguration>(),
            ServiceDescriptor.Singleton<IValidateOptions<LeaderElectionOptions>, LeaderElectionConfiguration>(),
            ServiceDescriptor.Singleton<IValidateOptions<LeaderElectionOptions>, LeaderElectionOptionsValidator>(),
        ]);
        services.AddOptions<LeaderElectionOptions>(name).ValidateOnStart();
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
