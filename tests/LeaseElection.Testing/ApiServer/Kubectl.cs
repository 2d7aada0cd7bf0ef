using LeaseElection.Testing.Processes;

namespace LeaseElection.Testing.ApiServer;

/// <summary>Runs <c>kubectl</c>, the second opinion on what is in the API server.</summary>
internal sealed class Kubectl(string program, string kubeConfigFile, string cacheDirectory)
{
    public string Program => program;

    public async Task<string> RunAsync(string? stdin, string[] arguments)
    {
        ProgramResult result = await ProgramResult.OfAsync(
            program, ["--kubeconfig", kubeConfigFile, "--cache-dir", cacheDirectory, .. arguments], stdin);
        return result.ExitCode == 0
            ? result.Output
            : throw new InvalidOperationException(
                $"kubectl {string.Join(' ', arguments)}: exit code {result.ExitCode}: {result.Errors}");
    }
}
