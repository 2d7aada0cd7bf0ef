using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Processes;

namespace LeaseElection.Benchmarks;

/// <summary>A replica as its parent sees it.</summary>
internal sealed class ReplicaProcess : IDisposable
{
    private readonly Process _process;

    public ReplicaProcess(string command, string identity, IReadOnlyDictionary<string, string> environment, ChannelWriter<Journal> journal)
    {
        Identity = identity;
        Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{UnusedPorts.Take(1)[0]}"));
        var start = new ProcessStartInfo(OwnProgram.FileName, [.. OwnProgram.FirstArguments, command])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        start.Environment["LeaderElection__Identity"] = identity;
        start.Environment["ASPNETCORE_URLS"] = Address.ToString();
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is not { } text)
                return;
            if (Journal.Parse(text) is { } told)
                journal.TryWrite(told);
            else if (!text.Contains("FixedIdentity", StringComparison.Ordinal) && !text.Contains("[402]", StringComparison.Ordinal))
                Console.Error.WriteLine($"  {Identity}: {text}");
        };
        _process.Start();
        _process.BeginOutputReadLine();
    }

    public string Identity { get; }

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
