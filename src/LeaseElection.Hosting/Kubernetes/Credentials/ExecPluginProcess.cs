using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using LeaseElection.Hosting.Kubernetes.Connecting;

namespace LeaseElection.Hosting.Kubernetes.Credentials;

/// <summary>Runs an exec plugin once.</summary>
internal static class ExecPluginProcess
{
    // Cloud plugins ask an identity service over the network; one that hangs must not hang the election for ever.
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private const int MaxOutput = 1024 * 1024;
    private const int MaxQuotedError = 400;

    /// <exception cref="ClusterCredentialException">It could not be started, failed, hung, or printed something else.</exception>
    public static async Task<ExecCredentialStatus> RunAsync(
        ExecPlugin plugin, KubernetesConnection connection, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Timeout, timeProvider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        using Process process = Start(plugin, connection);
        try
        {
            process.StandardInput.Close();
            Task<string> output = ReadAsync(process.StandardOutput, linked.Token);
            Task<string> error = ReadAsync(process.StandardError, linked.Token);
            await Task.WhenAll(output, error, process.WaitForExitAsync(linked.Token)).ConfigureAwait(false);
            return process.ExitCode == 0
                ? Parse(plugin, await output.ConfigureAwait(false))
                : throw Failed(plugin, $"exited with code {process.ExitCode} and said: {Quote(await error.ConfigureAwait(false))}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failed(plugin, $"gave no answer within {Timeout.TotalSeconds:0} s and was killed. Run it by hand to see what it waits for.");
        }
        finally
        {
            // Whatever the way out, nothing of it stays behind, nor do the children of a wrapper script.
            Kill(process);
        }
    }

    private static Process Start(ExecPlugin plugin, KubernetesConnection connection)
    {
        var start = new ProcessStartInfo(plugin.Command, plugin.Arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["KUBERNETES_EXEC_INFO"] = ExecPluginInput.Create(plugin, connection);
        foreach ((string name, string value) in plugin.Environment)
            start.Environment[name] = value;
        try
        {
            return Process.Start(start) ?? throw Failed(plugin, "did not start.");
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            throw Failed(plugin, $"cannot be started: {e.Message} Install it, or correct exec.command in the kubeconfig.", e);
        }
    }

    private static async Task<string> ReadAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        char[] buffer = new char[MaxOutput];
        int length = await reader.ReadBlockAsync(buffer, cancellationToken).ConfigureAwait(false);
        return new string(buffer, 0, length);
    }

    private static ExecCredentialStatus Parse(ExecPlugin plugin, string output)
    {
        ExecCredential? credential;
        try
        {
            credential = JsonSerializer.Deserialize(output, ExecCredentialJsonContext.Default.ExecCredential);
        }
        catch (JsonException)
        {
            // Without the exception: its text may quote the output, which may hold a token.
            throw Failed(plugin, "did not print an ExecCredential in JSON on its standard output.");
        }

        if (credential is not { Kind: "ExecCredential", Status: { } status })
            throw Failed(plugin, "printed JSON, but no ExecCredential with a status.");
        if (credential.ApiVersion != plugin.ApiVersion)
        {
            throw Failed(
                plugin, $"answered in version '{credential.ApiVersion}', but the kubeconfig says '{plugin.ApiVersion}'. "
                + "Make exec.apiVersion the same.");
        }
        return status is { Token: not null } or { ClientCertificateData: not null, ClientKeyData: not null }
            ? status
            : throw Failed(plugin, "printed neither a token nor a client certificate with its key.");
    }

    private static ClusterCredentialException Failed(ExecPlugin plugin, string what, Exception? exception = null) => new(
        $"The kubeconfig's plugin '{plugin.Command}' {what}{(plugin.InstallHint is { } hint ? $" Its install hint: {hint.Trim()}" : "")}", exception);

    private static string Quote(string error)
    {
        string line = string.Join(' ', error.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length switch
        {
            0 => "nothing.",
            > MaxQuotedError => line[..MaxQuotedError] + "...",
            _ => line,
        };
    }

    private static void Kill(Process process)
    {
        try
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It ended by itself meanwhile.
        }
    }
}
