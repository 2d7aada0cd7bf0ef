using LeaseElection.Testing.Electors;

namespace LeaseElection.Hosting.ClusterTests.Electors;

/// <summary>A suite that wrongly skips itself looks like one that passes.</summary>
public sealed class ElectorProgramsTests : IDisposable
{
    private static readonly string[] Programs = ["client-go", "client-go-0.20", "python"];

    private readonly DirectoryInfo _temporary = Directory.CreateTempSubdirectory();
    private readonly Dictionary<string, string?> _environment = [];

    public ElectorProgramsTests()
    {
        _environment["HOME"] = _temporary.FullName;
        _environment["KUBEBUILDER_ASSETS"] = Install("assets", "etcd", "kube-apiserver");
    }

    public void Dispose() => _temporary.Delete(recursive: true);

    [Fact]
    public void ReasonToSkip_ServerButNoElectors_SaysWhatToDo() =>
        Assert.Contains("run tests/electors/install", Reason(), StringComparison.Ordinal);

    [Fact]
    public void ReasonToSkip_NoElectorsInCI_DoesNotSkip()
    {
        _environment["CI"] = "true";

        Assert.Null(Reason());
        Assert.Null(ElectorPrograms.Find(_environment.GetValueOrDefault));
    }

    [Fact]
    public void ReasonToSkip_NoServer_SaysSo()
    {
        Install(".cache/leaseelection/electors/current", Programs);
        _environment.Remove("KUBEBUILDER_ASSETS");

        Assert.Contains("run tests/apiserver/install", Reason(), StringComparison.Ordinal);
    }

    [Fact]
    public void Find_FolderThatIsNamed_GoesBeforeTheCache()
    {
        string cache = Install(".cache/leaseelection/electors/current", Programs);
        Assert.Equal(cache, ElectorPrograms.Find(_environment.GetValueOrDefault));

        _environment[ElectorPrograms.FolderVariable] = Install("own", Programs);
        Assert.Equal(_environment[ElectorPrograms.FolderVariable], ElectorPrograms.Find(_environment.GetValueOrDefault));
        Assert.Null(Reason());
    }

    /// <summary>What an earlier version of the script has left there.</summary>
    [Fact]
    public void Find_FolderThatLacksOneOfThem_IsPassedBy()
    {
        Install(".cache/leaseelection/electors/current", "client-go", "python");

        Assert.Null(ElectorPrograms.Find(_environment.GetValueOrDefault));
        Assert.Contains("run tests/electors/install", Reason(), StringComparison.Ordinal);
    }

    private string? Reason() => ElectorPrograms.ReasonToSkip(_environment.GetValueOrDefault);

    private string Install(string folder, params string[] programs)
    {
        string path = _temporary.CreateSubdirectory(folder).FullName;
        foreach (string program in programs)
            File.WriteAllText(Path.Combine(path, program), "");
        return path;
    }
}
