namespace LeaseElection.Benchmarks;

/// <summary>Whose elections a <see cref="ScaleBenchmark"/> measures.</summary>
/// <param name="Name">As its row has it.</param>
/// <param name="Program">What is run.</param>
/// <param name="Command">What it is told before anything else.</param>
/// <param name="IsOfDotNet">
/// Whether it is told by variables where the leases are, and only how many by an argument; client-go's is told by flags.
/// </param>
internal sealed record ScaleContender(string Name, string Program, IReadOnlyList<string> Command, bool IsOfDotNet)
{
    /// <summary>A command of this program.</summary>
    public static ScaleContender Of(string name, string command) =>
        new(name, "dotnet", [typeof(ScaleContender).Assembly.Location, command], IsOfDotNet: true);
}
