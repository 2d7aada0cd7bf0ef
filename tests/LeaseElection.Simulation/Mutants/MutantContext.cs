using System.Reflection;
using System.Runtime.Loader;

namespace LeaseElection.Simulation;

/// <summary>Loads the simulator a second time, over another build of the library: the simulator itself is not touched.</summary>
internal sealed class MutantContext(Stream library) : AssemblyLoadContext("mutant")
{
    private Assembly? _library;

    /// <summary>Plays a seed of such a world; returns what was seen broken.</summary>
    public Func<int, string?> ViolationOf(Type world) => LoadFromAssemblyPath(world.Assembly.Location)
        .GetType(world.FullName!, throwOnError: true)!
        .GetMethod(nameof(Seed.ViolationOf))!
        .CreateDelegate<Func<int, string?>>();

    protected override Assembly? Load(AssemblyName assemblyName) => assemblyName.Name switch
    {
        "LeaseElection.Hosting" => _library ??= LoadFromStream(library),
        _ => null,
    };
}
