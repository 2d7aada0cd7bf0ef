using System.Diagnostics;
using System.Globalization;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Hosting.ClusterTests.ApiServer;

/// <summary>Servers of their own: what starting costs, and that none is left behind.</summary>
[Collection(ApiServerFixture.Collection)]
public sealed class RealApiServerProcessTests : IDisposable
{
    private readonly DirectoryInfo _temporary = Directory.CreateTempSubdirectory();

    public void Dispose() => _temporary.Delete(recursive: true);

    [ApiServerFact]
    public async Task StartAsync_ThenDisposeAsync_LeavesNoProcessAndNoFile()
    {
        var server = await RealApiServer.StartAsync(CancellationToken.None);
        int[] pids = [server.EtcdPid, server.Pid];
        Assert.All(pids, pid => Assert.True(IsRunning(pid)));

        await server.DisposeAsync();

        Assert.All(pids, pid => Assert.False(IsRunning(pid)));
        Assert.False(Directory.Exists(Path.GetDirectoryName(server.AdminKubeConfigFile)));
    }

    [ApiServerFact]
    public async Task DisposeAsync_EtcdWasKilledAndRestarted_LeavesNoProcessAndNoFile()
    {
        var server = await RealApiServer.StartAsync(CancellationToken.None);
        string data = EtcdDataOf(server.EtcdPid);
        await server.KillEtcdAsync();
        await server.RestartEtcdAsync();
        int[] pids = [server.EtcdPid, server.Pid];
        Assert.True(Directory.Exists(data));

        await server.DisposeAsync();

        Assert.All(pids, pid => Assert.False(IsRunning(pid)));
        Assert.False(Directory.Exists(data));
    }

    [ApiServerFact]
    public async Task StartAsync_OwnerGetsSigkill_ServersEnd()
    {
        // This very assembly, run as a program; see Program.cs.
        var start = new ProcessStartInfo("dotnet", [typeof(RealApiServerProcessTests).Assembly.Location])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            Environment = { ["TMPDIR"] = _temporary.FullName },
        };
        using var owner = Process.Start(start)!;
        var line = await owner.StandardOutput.ReadLineAsync();
        var pids = line!.Split(' ').Select(pid => int.Parse(pid, CultureInfo.InvariantCulture)).ToArray();
        Assert.All(pids, pid => Assert.True(IsRunning(pid)));

        owner.Kill();

        await Polling.UntilAsync(() => Task.FromResult(!Array.Exists(pids, IsRunning)), TimeSpan.FromSeconds(60));
    }

    private static string EtcdDataOf(int pid) => File.ReadAllText($"/proc/{pid}/cmdline").Split('\0')
        .Single(argument => argument.StartsWith("--data-dir=", StringComparison.Ordinal))["--data-dir=".Length..];

    private static bool IsRunning(int pid) => Directory.Exists($"/proc/{pid}");
}
