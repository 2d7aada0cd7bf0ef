using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Chart;

namespace LeaseElection.Chart.Tests;

/// <summary>A suite that wrongly skips itself looks like one that passes.</summary>
public sealed class ChartProgramsTests : IDisposable
{
    private readonly DirectoryInfo _temporary = Directory.CreateTempSubdirectory();
    private readonly Dictionary<string, string?> _environment = [];

    public ChartProgramsTests() => _environment["HOME"] = _temporary.FullName;

    public void Dispose() => _temporary.Delete(recursive: true);

    [Fact]
    public void ReasonToSkip_NoPrograms_SaysWhatToDo() =>
        Assert.Contains("run tests/chart/install", ChartPrograms.ReasonToSkip(_environment.GetValueOrDefault), StringComparison.Ordinal);

    [Fact]
    public void ReasonToSkip_NoProgramsInCI_DoesNotSkip()
    {
        _environment["CI"] = "true";

        Assert.Null(ChartPrograms.ReasonToSkip(_environment.GetValueOrDefault));
        Assert.Null(ChartPrograms.Find(_environment.GetValueOrDefault));
    }

    [Fact]
    public void ReasonToSkip_NoProgramsInAFastRunOfCI_SaysSo()
    {
        _environment["CI"] = "true";
        _environment[ApiServerAssets.LeftOutVariable] = "1";

        Assert.Contains("left out", ChartPrograms.ReasonToSkip(_environment.GetValueOrDefault), StringComparison.Ordinal);
    }

    [Fact]
    public void Find_FolderThatIsNamed_GoesBeforeTheCache()
    {
        string cache = Install(".cache/leaseelection/chart/current");
        Assert.Equal(cache, ChartPrograms.Find(_environment.GetValueOrDefault));

        _environment[ChartPrograms.FolderVariable] = Install("own");
        Assert.Equal(_environment[ChartPrograms.FolderVariable], ChartPrograms.Find(_environment.GetValueOrDefault));
        Assert.Null(ChartPrograms.ReasonToSkip(_environment.GetValueOrDefault));
    }

    private string Install(string folder)
    {
        string path = _temporary.CreateSubdirectory(folder).FullName;
        File.WriteAllText(Path.Combine(path, "helm-4"), "");
        return path;
    }
}
