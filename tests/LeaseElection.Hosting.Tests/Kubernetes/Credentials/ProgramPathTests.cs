using LeaseElection.Hosting.Kubernetes.Credentials;

namespace LeaseElection.Hosting.Tests.Kubernetes;

public sealed class ProgramPathTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [UnixFact]
    public void Find_TheFirstThatMayRun()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, "a", "aws"));
        Write("b", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        string found = Write("c", UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Write("d", UnixFileMode.UserRead | UnixFileMode.UserExecute);

        Assert.Equal(found, Find("nowhere", "a", "b", "c", "d"));
    }

    /// <summary>Somebody else may have put it there.</summary>
    [Fact]
    public void Find_OnlyInARelativeFolder_IsNotFound()
    {
        string path = Path.GetRelativePath(Environment.CurrentDirectory, Path.GetDirectoryName(Write("c", UnixFileMode.UserExecute))!);

        Assert.Null(ProgramPath.Find("aws", path + Path.PathSeparator + ".", null));
    }

    private string? Find(params string[] folders) => ProgramPath.Find(
        "aws", string.Join(Path.PathSeparator, folders.Select(folder => Path.Combine(_folder.Path, folder))), null);

    private string Write(string folder, UnixFileMode mode)
    {
        string file = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder.Path, folder)).FullName, "aws");
        File.WriteAllText(file, "");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, mode);
        return file;
    }
}
