using System.Diagnostics;
using System.Globalization;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Benchmarks;

/// <summary>A replica as its parent sees it.</summary>
internal sealed class ReplicaProcess : IDisposable
{
    private readonly Process _process;

    /// <param name="command">What it runs.</param>
    /// <param name="name">What it is called here.</param>
    /// <param name="environment">What it gets beside the environment of this process.</param>
    /// <param name="note">Takes what it tells, line by line.</param>
    /// <param name="program">This program as another commit has it; else its own.</param>
    public ReplicaProcess(
        string command, string name, IReadOnlyDictionary<string, string> environment, Action<Journal> note, string? program = null)
    {
        Name = name;
        Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{UnusedPorts.Take(1)[0]}"));
        // Not the program that runs: a test starts it, too.
        var start = new ProcessStartInfo("dotnet", [program ?? typeof(ReplicaProcess).Assembly.Location, command])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        foreach ((string variable, string value) in environment)
            start.Environment[variable] = value;
        start.Environment["ASPNETCORE_URLS"] = Address.ToString();
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is not { } text)
                return;
            if (Journal.Parse(text) is { } told)
                note(told);
            else if (!text.Contains("FixedIdentity", StringComparison.Ordinal) && !text.Contains("[402]", StringComparison.Ordinal))
                Console.Error.WriteLine($"  {Name}: {text}");
        };
        _process.Start();
        _process.BeginOutputReadLine();
    }

    public string Name { get; }

    public int Pid => _process.Id;

    /// <summary>Where it answers, if it is a web app.</summary>
    public Uri Address { get; }

    /// <summary>Asks it to stop, as the kubelet does.</summary>
    public void Terminate() => Signal("TERM");

    /// <summary>Ends it without a word.</summary>
    public void Kill() => Signal("KILL");

    public async Task WaitForExitAsync() => await _process.WaitForExitAsync();

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    private void Signal(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }
}
