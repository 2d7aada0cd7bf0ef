using System.Diagnostics;

namespace LeaseElection.Testing.ApiServer;

/// <summary>Runs <c>kubectl</c>, the second opinion on what is in the API server.</summary>
internal sealed class Kubectl(string program, string kubeConfigFile, string cacheDirectory)
{
    public async Task<string> RunAsync(string? stdin, string[] arguments)
    {
        var start = new ProcessStartInfo(program, ["--kubeconfig", kubeConfigFile, "--cache-dir", cacheDirectory, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");

        // All three at once: a pipe that nobody empties would stop kubectl.
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(stdin);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? await output
            : throw new InvalidOperationException(
                $"kubectl {string.Join(' ', arguments)}: exit code {process.ExitCode}: {await errors}");
    }
}
