using System.Diagnostics;
using System.Globalization;

namespace LeaseElection.Benchmarks;

/// <summary>A process of the <see cref="PartitionBenchmark"/>, as its parent sees it.</summary>
internal sealed class PartitionReplica : IDisposable
{
    private readonly Process _process;
    private int _works;

    public PartitionReplica(string way, int count, IReadOnlyDictionary<string, string> environment)
    {
        string[] arguments =
            [typeof(PartitionReplica).Assembly.Location, PartitionBenchmark.Command, way, count.ToString(CultureInfo.InvariantCulture)];
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, UseShellExecute = false };
        foreach ((string variable, string value) in environment)
            start.Environment[variable] = value;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Interlocked.Add(ref _works, line.Data switch { "begins" => 1, "ends" => -1, _ => 0 });
        _process.Start();
        _process.BeginOutputReadLine();
    }

    public int Pid => _process.Id;

    /// <summary>How many pieces of work run there.</summary>
    public int Works => Volatile.Read(ref _works);

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
