using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace LeaseElection.Hosting.AspNetCore;

/// <summary>The elections of a host, and what they are called in a URL.</summary>
internal sealed class ElectionDirectory
{
    /// <summary>The election without a name in URLs, where a path needs something to stand for it.</summary>
    public const string Default = "default";

    /// <summary>Names that are paths of their own.</summary>
    private const string Events = "events";

    private const string None = "This host has no leader election: call builder.Services.AddLeaderElection() before Build().";

    private readonly Dictionary<string, IElectionMembers> _members;
    private readonly Dictionary<string, IElectionPartitions> _partitions = new(StringComparer.Ordinal);

    private ElectionDirectory(IReadOnlyList<ILeaderElection> all, IServiceProvider services)
    {
        All = all;
        _members = new Dictionary<string, IElectionMembers>(StringComparer.Ordinal);
        foreach (string name in all.Select(election => election.Name))
        {
            if (services.GetKeyedService<IElectionMembers>(name) is { } members)
                _members[name] = members;
            if (services.GetKeyedService<IElectionPartitions>(name) is { } partitions)
                _partitions[name] = partitions;
        }
    }

    /// <summary>In the order in which they were added.</summary>
    public IReadOnlyList<ILeaderElection> All { get; }

    /// <summary>Who owns which partition; null without partitioned work.</summary>
    public IElectionPartitions? PartitionsOf(ILeaderElection election) => _partitions.GetValueOrDefault(election.Name);

    /// <summary>Who is here; null where the app did not ask to know.</summary>
    public IElectionMembers? MembersOf(ILeaderElection election) => _members.GetValueOrDefault(election.Name);

    public static ElectionDirectory Of(IServiceProvider services) =>
        AllOf(services) is { Length: > 0 } all ? new ElectionDirectory(all, services) : throw new InvalidOperationException(None);

    /// <summary>The election of a name given to <c>AddLeaderElection</c>.</summary>
    /// <param name="services">Those of the host.</param>
    /// <param name="name">The name.</param>
    /// <param name="missing">What to do if there is none, else null.</param>
    public static ILeaderElection? Find(IServiceProvider services, string name, out string? missing)
    {
        ILeaderElection[] all = AllOf(services);
        ILeaderElection? found = Array.Find(all, election => election.Name == name);
        missing = found is not null ? null : all.Length == 0 ? None : Missing(all, name);
        return found;
    }

    /// <summary>An election's name in URLs.</summary>
    public static string NameOf(ILeaderElection election) => NameOf(election.Name);

    /// <summary>Refuses names that no URL could tell apart.</summary>
    public void CheckNames()
    {
        foreach (IGrouping<string, ILeaderElection> same in All.GroupBy(NameOf, StringComparer.OrdinalIgnoreCase))
        {
            if (same.Count() > 1 || same.Key.Equals(Events, StringComparison.OrdinalIgnoreCase))
            {
                throw new InvalidOperationException(
                    $"MapLeaderElection has no URL for an election named \"{same.Last().Name}\": \"{Events}\" is a path of its "
                    + $"own, \"{Default}\" is the election without a name, and names must differ in more than case. Give it "
                    + "another name in AddLeaderElection(name).");
            }
        }
    }

    /// <summary>The election that a request names; if there is none, it is answered with a list of those there are.</summary>
    public async Task<ILeaderElection?> FindAsync(HttpContext context)
    {
        // Routing leaves an encoded slash as it is.
        string name = ((string)context.GetRouteValue("name")!).Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        ILeaderElection? found = All.FirstOrDefault(election => NameOf(election).Equals(name, StringComparison.OrdinalIgnoreCase));
        if (found is null)
        {
            await new Problem(
                "There is no such election", StatusCodes.Status404NotFound, $"This host has: {string.Join(", ", All.Select(NameOf))}.")
            {
                Elections = [.. All.Select(NameOf)],
            }.WriteAsync(context).ConfigureAwait(false);
        }

        return found;
    }

    private static string Missing(ILeaderElection[] all, string name)
    {
        string names = string.Join(", ", all.Select(election => $"\"{NameOf(election)}\""));
        string argument = name.Length == 0 ? "" : $"\"{name}\"";
        return $"RequireLeadership asks for the election \"{NameOf(name)}\", and this host has only {names}. Name one of them, or call "
            + $"builder.Services.AddLeaderElection({argument}) before Build().";
    }

    private static string NameOf(string name) => name.Length == 0 ? Default : name;

    /// <summary>By key, and without: tests and decorators may register one that has no key.</summary>
    private static ILeaderElection[] AllOf(IServiceProvider services) =>
    [
        .. services.GetKeyedServices<ILeaderElection>(KeyedService.AnyKey)
            .Concat(services.GetServices<ILeaderElection>())
            .DistinctBy(election => election.Name),
    ];
}
