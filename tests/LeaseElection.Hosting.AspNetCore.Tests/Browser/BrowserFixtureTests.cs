using System.Diagnostics;
using LeaseElection.Testing;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Processes;

namespace LeaseElection.Hosting.AspNetCore.Tests.Browser;

/// <summary>A driver or browser that is left behind holds a machine's memory, and the output of whoever ran the tests.</summary>
[Collection(BrowserCollectionDefinition.Name)]
public sealed class BrowserFixtureTests : IDisposable
{
    private readonly DirectoryInfo _temporary = Directory.CreateTempSubdirectory();

    public void Dispose() => _temporary.Delete(recursive: true);

    [BrowserFact]
    public async Task InitializeAsync_OwnerGetsSigkill_DriverAndBrowserEndAndTakeTheirFilesAlong()
    {
        // This very assembly, run as a program; see Program.cs.
        var start = new ProcessStartInfo("dotnet", [typeof(BrowserFixtureTests).Assembly.Location])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            Environment = { ["TMPDIR"] = _temporary.FullName },
        };
        using var owner = Process.Start(start)!;
        Assert.Equal("ready", await owner.StandardOutput.ReadLineAsync().WaitAsync(Signal.Patience));
        string running = await RunningAsync();
        Assert.Contains("/node", running, StringComparison.Ordinal);
        Assert.Contains("/chromium", running, StringComparison.Ordinal);
        Assert.NotEmpty(Profiles());

        owner.Kill();

        await Polling.UntilAsync(async () => await RunningAsync() == "", Signal.Patience);
        Assert.Empty(Profiles());
    }

    private string[] Profiles() => Directory.GetDirectories(_temporary.FullName, "playwright*");

    /// <summary>The programs of the owner and of all that it started: what it started has its environment.</summary>
    private async Task<string> RunningAsync()
    {
        const string Script = "grep -lsF \"$0\" /proc/[0-9]*/environ | sed s/environ/exe/ | xargs --no-run-if-empty readlink";
        return (await ProgramResult.OfAsync("bash", ["-c", Script, _temporary.FullName])).Output;
    }
}
