namespace LeaseElection.Hosting.AspNetCore.Tests.Browser;

/// <summary>A suite that wrongly skips itself looks like one that passes.</summary>
public sealed class BrowserProgramTests : IDisposable
{
    private readonly DirectoryInfo _temporary = Directory.CreateTempSubdirectory();
    private readonly Dictionary<string, string?> _environment = [];

    public BrowserProgramTests() => _environment["HOME"] = _temporary.FullName;

    public void Dispose() => _temporary.Delete(recursive: true);

    [Fact]
    public void ReasonToSkip_NoBrowser_SaysWhatToDo_ButNotInCI()
    {
        Assert.Contains("run tests/browser/install", Reason(), StringComparison.Ordinal);

        _environment["CI"] = "true";

        Assert.Null(Reason());
        Assert.Null(Find());
    }

    [Fact]
    public void Find_GoesByTheVariable_ThenThePath_ThenTheCache()
    {
        foreach (
            (
                string variable,
                string folder) in new[] { ("", ".cache/leaseelection/browser/current"), ("PATH", "bin"), (BrowserProgram.Variable, "own") })
        {
            string program = Path.Combine(_temporary.CreateSubdirectory(folder).FullName, "chromium");
            File.WriteAllText(program, "");
            _environment[variable] = variable == "PATH" ? "/nowhere:" + Path.GetDirectoryName(program) : program;

            Assert.Equal(program, Find());
            Assert.Null(Reason());
        }
    }

    private string? Reason() => BrowserProgram.ReasonToSkip(_environment.GetValueOrDefault);

    private string? Find() => BrowserProgram.Find(_environment.GetValueOrDefault);
}
