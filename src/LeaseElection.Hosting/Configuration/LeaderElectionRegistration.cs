using Microsoft.Extensions.Configuration;

namespace LeaseElection.Hosting.Configuration;

/// <summary>One election that was added to the host.</summary>
/// <param name="Name">Also the name of its options; empty for the election of <c>AddLeaderElection()</c> without a name.</param>
/// <param name="Section">The only section to bind, if the caller chose one.</param>
internal sealed record LeaderElectionRegistration(string Name, IConfiguration? Section)
{
    /// <summary>
    /// Whether it is no election but a broker (<c>AddLeaseBroker</c>), whose name is that of its section, whose leases are named when they
    /// are asked for, and which has no work of its own.
    /// </summary>
    public bool IsBroker { get; init; }

    /// <summary>What it is, for a message.</summary>
    public string Kind => IsBroker ? "broker of leases" : "election";

    /// <summary>Whether its settings are those of the section <c>LeaderElection</c>, or below it.</summary>
    public bool IsShared => Section is null && !IsBroker;

    /// <summary>Where the settings of this election, and of no other, are written.</summary>
    public string ConfigurationPath => Section switch
    {
        IConfigurationSection section => section.Path,
        null when IsBroker => Name,
        null when Name.Length == 0 => LeaderElectionOptions.SectionName,
        null => LeaderElectionOptions.SectionName + ":" + Name,
        _ => "",
    };

    /// <summary>An option as the user has to type it: <c>LeaderElection:reports:LeaseName</c>.</summary>
    public string KeyOf(string option) => ConfigurationPath.Length == 0 ? option : ConfigurationPath + ":" + option;

    /// <summary>
    /// The same, where the user has typed it: above the section of a named election, if it takes the option over from there.
    /// </summary>
    public string KeyOf(string option, LeaderElectionOptions options) =>
        options.Inherited.Contains(option) ? LeaderElectionOptions.SectionName + ":" + option : KeyOf(option);
}
