using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;

namespace LeaseElection.Sidecar.Tests.Processes;

/// <summary>What a user gets who types something wrong: one line on stderr that says what to do, and an exit code.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class BadInputTests : SidecarTest
{
    [Theory]
    [InlineData(2, "unknown flag --elecion: did you mean --election? See leader-elector --help.", "--elecion=a")]
    [InlineData(2, "--election is missing: name the lease that all replicas compete for, for example --election=my-service.")]
    [InlineData(2, "--ttl is \"10\", but must be a duration with its unit, for example 10s or 1m30s.", "--election=a", "--ttl", "10")]
    [InlineData(
        127, "there is no command ./nosuch: correct what follows --, or add it to the image.", "--election=a", "--", "./nosuch", "x")]
    [InlineData(126, "/etc/passwd is not executable for this user: chmod +x it, or run it by its "
        + "interpreter, for example -- sh /etc/passwd.",
        "--election=a", "--", "/etc/passwd")]
    [InlineData(126, "/etc/. is a folder and no command: correct what follows --.", "--election=a", "--", "/etc/.")]
    [InlineData(78, "no Kubernetes cluster was found (--kubeconfig is not set; the variable KUBECONFIG "
        + "is not set; not in a pod: the variables "
        + "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not both set; /nonexistent/.kube/config "
        + "does not exist): run in a pod with a "
        + "service account token, name a kubeconfig with --kubeconfig, or elect between processes of one machine with --store=file.",
        "--election=a")]
    [InlineData(78, "--use-cluster-credentials needs the service account of a pod, and there is none: run "
        + "in a pod, or leave it out and name a "
        + "kubeconfig with --kubeconfig.", "--election=a", "--use-cluster-credentials")]
    public async Task Start_WrongInput_OneLineAndAnExitCode(int exitCode, string line, params string[] arguments)
    {
        (int code, string output, string error) = await RunAsync(arguments);
        Assert.Equal($"leader-elector: {line}\n", error);
        Assert.Equal("", output);
        Assert.Equal(exitCode, code);
    }

    [Fact]
    public async Task Start_KubeConfigThatIsMissing_NamesTheFlagAndTheFile()
    {
        (int code, _, string error) = await RunAsync("--election=a", "--kubeconfig=/nonexistent/config");
        Assert.Equal(78, code);
        string line = Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("leader-elector: ", line, StringComparison.Ordinal);
        Assert.Contains("--kubeconfig", line, StringComparison.Ordinal);
        Assert.Contains("/nonexistent/config", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_PortInUse_NamesItAndNobodyLeads()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        string address = listener.LocalEndpoint.ToString()!;
        (int code, string output, string error) = await RunAsync(
            "--election=settlement", "--store=file", $"--store-directory={Folder}", $"--http={address}", "--", "touch",
            Path.Combine(Folder, "ran"));
        Assert.Equal(69, code);
        Assert.Equal(
            $"leader-elector: --http {address} cannot be listened on: address already in use. Choose another port, or stop who uses it.",
            error.TrimEnd('\n').Split('\n')[^1]);
        Assert.DoesNotContain("ERROR", error, StringComparison.Ordinal);
        Assert.Equal("", output);
        Assert.False(HasFile("ran"));
        Assert.False(File.Exists(LeaseFile));
    }

    [Fact]
    public async Task Start_ScriptWhoseInterpreterIsMissing_SaysSoAndEndsWith127()
    {
        string script = Path.Combine(Folder, "script");
        await File.WriteAllTextAsync(script, "#!/nonexistent/python\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        (int code, _, string error) = await RunAsync("--election=settlement", "--store=file", $"--store-directory={Folder}", "--", script);
        Assert.Equal(127, code);
        Assert.Contains(
            $"leader-elector: {script} cannot be run: No such file or directory (a script: is the program of its first line there?).\n",
            error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help", "Usage: leader-elector --election=NAME [FLAGS] [-- COMMAND ARGUMENTS...]")]
    [InlineData("-h", "Usage: leader-elector --election=NAME [FLAGS] [-- COMMAND ARGUMENTS...]")]
    [InlineData("--version", "leader-elector 0.1.0")]
    public async Task Start_HelpOrVersion_OnStdoutAndZero(string flag, string firstLine)
    {
        (int code, string output, string error) = await RunAsync(flag);
        Assert.Equal((0, "", firstLine), (code, error, output.Split('\n')[0]));
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(SidecarProcess.Program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in SidecarProcess.Environment)
            start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(SidecarProcess.Patience);
        }
        finally
        {
            process.Kill();
        }

        return (process.ExitCode, await output, await error);
    }
}
