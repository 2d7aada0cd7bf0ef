using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using System.Threading.Channels;

namespace LeaseElection.Benchmarks;

/// <summary>A sidecar that runs, and what it and its command say.</summary>
internal sealed partial class SidecarReplica : IDisposable
{
    /// <summary>For failure only.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

    public SidecarReplica(string program, IEnumerable<string> arguments)
    {
        StartedAt = TimeProvider.System.GetTimestamp();
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments)
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        _process.OutputDataReceived += (_, line) => _lines.Writer.TryWrite(line.Data ?? "");
        _process.ErrorDataReceived += (_, line) => _lines.Writer.TryWrite(line.Data ?? "");
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>A timestamp, from before it began.</summary>
    public long StartedAt { get; }

    /// <summary>In KiB.</summary>
    public long Resident => long.Parse(
        ResidentLine().Match(
            File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{_process.Id}/status"))).Groups["kib"].Value,
        CultureInfo.InvariantCulture);

    /// <summary>The next line, of those that nobody has read yet, with this in it.</summary>
    public async Task<string> LineAsync(string text)
    {
        List<string> seen = [];
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        try
        {
            await foreach (string line in _lines.Reader.ReadAllAsync(patience.Token))
            {
                seen.Add(line);
                if (line.Contains(text, StringComparison.Ordinal))
                    return line;
            }
        }
        catch (OperationCanceledException)
        {
            // Said below.
        }

        throw new TimeoutException($"A sidecar did not say \"{text}\" but:\n{string.Join('\n', seen)}");
    }

    /// <summary>The time by the wall clock at which its command says that it starts or ends, in seconds.</summary>
    public async Task<double> CommandAsync(string what) =>
        double.Parse((await LineAsync($"command {what} ")).Split(' ')[^1], CultureInfo.InvariantCulture);

    public void Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public async Task StopAsync()
    {
        Terminate();
        await _process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    [GeneratedRegex(@"^VmRSS:\s+(?<kib>\d+) kB$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ResidentLine();
}
