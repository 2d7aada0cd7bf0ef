using System.Diagnostics;

namespace LeaseElection.Testing.Processes;

/// <summary>What a program that ends by itself has answered.</summary>
/// <param name="ExitCode">0 when it is content.</param>
/// <param name="Output">What it printed.</param>
/// <param name="Errors">What it printed to stderr.</param>
public sealed record ProgramResult(int ExitCode, string Output, string Errors)
{
    /// <summary>Runs it to its end.</summary>
    /// <param name="program">A path, or a name to be found on PATH.</param>
    /// <param name="arguments">What it is given.</param>
    /// <param name="stdin">What it reads; nothing if not given.</param>
    /// <param name="environment">All the variables it has; those of this process if not given.</param>
    public static async Task<ProgramResult> OfAsync(
        string program, IEnumerable<string> arguments, string? stdin = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (environment is not null)
        {
            start.Environment.Clear();
            foreach ((string name, string value) in environment)
                start.Environment[name] = value;
        }
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");

        // All three at once: a pipe that nobody empties would stop it.
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(stdin);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return new ProgramResult(process.ExitCode, await output, await errors);
    }
}
