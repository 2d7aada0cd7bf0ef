namespace LeaseElection.Testing;

/// <summary>
/// Where the sources are that these tests were built from. Found by going up from the built test: <c>[CallerFilePath]</c> says <c>/_/</c>
/// in a deterministic build, which is what CI makes.
/// </summary>
public static class Checkout
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    /// <summary>Where the pages of the documentation are.</summary>
    public static string Docs { get; } = Path.Combine(Root, "src", "LeaseElection.Hosting", "docs");

    private static string Find(string folder) =>
        File.Exists(Path.Combine(folder, "LeaseElection.Hosting.sln"))
            ? folder
            : Find(Path.GetDirectoryName(folder) ?? throw new InvalidOperationException($"{AppContext.BaseDirectory} is in no checkout."));
}
