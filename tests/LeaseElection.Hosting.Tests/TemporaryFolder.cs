namespace LeaseElection.Hosting.Tests;

/// <summary>A folder for one test, gone after it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("lease-election-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
