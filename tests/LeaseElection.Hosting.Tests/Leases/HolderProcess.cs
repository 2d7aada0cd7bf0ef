using System.Diagnostics;
using System.Globalization;

namespace LeaseElection.Hosting.Tests.Leases;

/// <summary>A real process that holds the lease file <c>shop/settlement</c>, and can be killed or stopped for real.</summary>
internal sealed class HolderProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;

    private HolderProcess(Process process) => _process = process;

    /// <summary>The version with which it took the lease.</summary>
    public string ResourceVersion { get; private set; } = "";

    /// <summary>Starts the process and waits until it holds the lease.</summary>
    public static async Task<HolderProcess> StartAsync(
        string directory, string identity = "other", params (string Name, string Value)[] environment)
    {
        ProcessStartInfo start = new(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "LeaseElection.Testing.Process.dll"), directory, identity])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        HolderProcess holder = new(Process.Start(start)!);
        holder.ResourceVersion = (await holder.ReadLineAsync())["held ".Length..];
        return holder;
    }

    /// <summary>Has a command carried out and returns the line it answers.</summary>
    public async Task<string> AskAsync(string command)
    {
        await _process.StandardInput.WriteLineAsync(command);
        return await ReadLineAsync();
    }

    public async Task<string> ReadLineAsync() =>
        await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience)
        ?? throw new InvalidOperationException("The process has ended.");

    /// <summary>SIGKILL. Returns at once: how soon others know is what the tests are about.</summary>
    public void Kill() => _process.Kill();

    /// <summary>SIGKILL, and waits until the process is no more.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(Patience);
    }

    public Task StopAsync() => SignalAsync("STOP", _process.Id);

    public static async Task SignalAsync(string signal, int processId)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", processId.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync().WaitAsync(Patience);
        Assert.Equal(0, kill.ExitCode);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }
}
