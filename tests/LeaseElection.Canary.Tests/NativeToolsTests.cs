using LeaseElection.Testing.Native;

namespace LeaseElection.Canary.Tests;

/// <summary>A suite that wrongly skips itself looks like one that passes.</summary>
public sealed class NativeToolsTests : IDisposable
{
    private readonly DirectoryInfo _temporary = Directory.CreateTempSubdirectory();
    private readonly Dictionary<string, string?> _environment = [];

    public NativeToolsTests() => _environment["HOME"] = _temporary.FullName;

    public void Dispose() => _temporary.Delete(recursive: true);

    [Fact]
    public void ReasonToSkip_NoTools_SaysWhatToDo_ButNotInCI()
    {
        Assert.Contains("run tests/native/install", Reason(), StringComparison.Ordinal);

        _environment["CI"] = "true";

        Assert.Null(Reason());
        Assert.Null(Find());
    }

    [Fact]
    public void Find_GoesByTheVariable_ThenThePath_ThenTheCache()
    {
        (string, string)[] places = [("", ".cache/leaseelection/native/current"), ("PATH", "bin"), (NativeTools.FolderVariable, "own")];
        foreach ((string variable, string folder) in places)
        {
            string tools = _temporary.CreateSubdirectory(folder).FullName;
            File.WriteAllText(Path.Combine(tools, "gcc"), "");
            _environment[variable] = variable == "PATH" ? "/nowhere:" + tools : tools;
            Assert.NotEqual(tools, Find()); // One of two is not enough.

            File.WriteAllText(Path.Combine(tools, "objcopy"), "");

            Assert.Equal(tools, Find());
            Assert.Null(Reason());
        }
    }

    private string? Reason() => NativeTools.ReasonToSkip(_environment.GetValueOrDefault);

    private string? Find() => NativeTools.Find(_environment.GetValueOrDefault);
}
