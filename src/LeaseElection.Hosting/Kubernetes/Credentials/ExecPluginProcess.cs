using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace LeaseElection.Hosting.Kubernetes.Credentials;

/// <summary>Runs an exec plugin once.</summary>
internal static class ExecPluginProcess
{
    // Cloud plugins ask an identity service over the network; one that hangs must not hang the election for ever.
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private const int MaxOutput = 1024 * 1024;
    private const int MaxQuotedError = 400;

    // Of one that has ended: what it has said is there, and a child that holds the pipe open may do so for ever.
    private static readonly TimeSpan PatienceForErrors = TimeSpan.FromSeconds(1);

    /// <exception cref="ClusterCredentialException">It could not be started, failed, hung, or printed something else.</exception>
    public static async Task<ExecCredentialStatus> RunAsync(
        ExecPlugin plugin, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Timeout, timeProvider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        using Process process = Start(plugin);
        try
        {
            process.StandardInput.Close();
            Task<string> output = ReadAsync(process.StandardOutput, linked.Token);
            var errors = new ExecPluginErrors(process.StandardError, cancellationToken);
            // As kubectl does: a helper that a plugin leaves behind (ssh -f) may keep its standard error open.
            await Task.WhenAll(output, process.WaitForExitAsync(linked.Token)).ConfigureAwait(false);
            if (process.ExitCode == 0)
                return Parse(plugin, await output.ConfigureAwait(false));
            string said = await errors.TakeAsync(PatienceForErrors, timeProvider).ConfigureAwait(false);
            throw Failed(plugin, $"exited with code {process.ExitCode} and said: {Quote(said)}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failed(
                plugin, $"gave no answer within {Timeout.TotalSeconds:0} s and was killed. Run it by hand to see what it waits for.");
        }
        finally
        {
            // A plugin that has not ended leaves nothing behind, nor do the children of a wrapper script.
            Kill(process);
        }
    }

    private static Process Start(ExecPlugin plugin)
    {
        var start = new ProcessStartInfo(PathOf(plugin), plugin.Arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["KUBERNETES_EXEC_INFO"] = InputOf(plugin);
        foreach ((string name, string value) in plugin.Environment)
            start.Environment[name] = value;
        try
        {
            return Process.Start(start) ?? throw Failed(plugin, "did not start.");
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            // The system's words alone: .NET's speak of a working directory, which has nothing to do with it.
            string why = e is Win32Exception { NativeErrorCode: var code } ? Marshal.GetPInvokeErrorMessage(code) : e.Message;
            throw Failed(plugin, $"cannot be started: {why.TrimEnd('.')}. {AdviceFor(e)}", e);
        }
    }

    private static string AdviceFor(Exception exception)
    {
        const int NotFound = 2, NoProgram = 8, Access = 13;
        return exception switch
        {
            Win32Exception { NativeErrorCode: NotFound } =>
                "Install it, or what it is run by (the first line of a script, the loader of a program), or correct exec.command in the "
                + "kubeconfig.",
            Win32Exception { NativeErrorCode: Access } when !OperatingSystem.IsWindows() =>
                "It must be a file that this user may execute, on a volume that is not mounted noexec.",
            Win32Exception { NativeErrorCode: NoProgram } when !OperatingSystem.IsWindows() =>
                "It is no program for this machine, or a script whose first line does not say by what it is run (#!/bin/sh).",
            Win32Exception when !OperatingSystem.IsWindows() => "Look at how many processes and how much memory this one may have.",
            _ => "Install it, or correct exec.command in the kubeconfig.",
        };
    }

    /// <summary>
    /// On PATH and nowhere else, as kubectl: .NET by itself looks beside the app and in the working directory first, where somebody else
    /// may have put a program of that name.
    /// </summary>
    private static string PathOf(ExecPlugin plugin)
    {
        if (Path.IsPathFullyQualified(plugin.Command))
            return plugin.Command;
        return ProgramPath.Find(plugin.Command, Environment.GetEnvironmentVariable("PATH"), Environment.GetEnvironmentVariable("PATHEXT"))
            ?? throw Failed(plugin, "cannot be started: it is not on PATH. Install it, or correct exec.command in the kubeconfig.");
    }

    private static string InputOf(ExecPlugin plugin)
    {
        try
        {
            return ExecPluginInput.Create(plugin);
        }
        // The file of the authority, which is read anew for each run.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(plugin, $"is to be told of its cluster, whose certificate authority cannot be read: {e.Message}", e);
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
        try
        {
            return ExecCredentialText.Parse(output, plugin.ApiVersion);
        }
        catch (FormatException e)
        {
            throw Failed(plugin, e.Message);
        }
    }

    private static ClusterCredentialException Failed(ExecPlugin plugin, string what, Exception? exception = null) => new(
        $"The kubeconfig's plugin '{plugin.Command}' {what}{(plugin.InstallHint is { } hint ? $" Its install hint: {hint.Trim()}" : "")}",
        exception);

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
