using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Processes;

namespace LeaseElection.Sidecar.Tests.Processes;

/// <summary>The program as users start it, and what it prints. It never outlives the tests.</summary>
internal sealed partial class SidecarProcess : IAsyncDisposable
{
    /// <summary>For failure only.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly GuardedProcess _process;
    private readonly string _log;
    private readonly HttpClient _http = new() { Timeout = Patience };

    private SidecarProcess(GuardedProcess process, string log)
    {
        _process = process;
        _log = log;
    }

    /// <summary>The one that was built, or, to test a published one, that of a variable.</summary>
    public static string Program { get; } =
        System.Environment.GetEnvironmentVariable("LEASEELECTION_SIDECAR") ?? Path.Combine(AppContext.BaseDirectory, "leader-elector");

    /// <summary>Variables that a test must not inherit from whoever runs it, and the runtime that runs this test.</summary>
    public static IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>
    {
        ["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..")),
        ["KUBECONFIG"] = "",
        ["KUBERNETES_SERVICE_HOST"] = "",
        ["HOME"] = "/nonexistent",
    };

    public int Pid => _process.Pid;

    /// <summary>Its exit code; 137: it got SIGKILL.</summary>
    public Task<int> Exited => _process.Exited.WaitAsync(Patience);

    public bool HasExited => _process.Exited.IsCompleted;

    /// <summary>What it and its command have printed so far.</summary>
    public string Output => File.Exists(_log) ? File.ReadAllText(_log) : "";

    public static Task<SidecarProcess> StartAsync(string folder, params IReadOnlyList<string> arguments) =>
        StartWithAsync([], folder, arguments);

    /// <summary>In a network of its own, where a script has made what there is, and may have left something running that asks it.</summary>
    public static Task<SidecarProcess> StartInNamespaceAsync(string folder, string script, params IReadOnlyList<string> arguments) =>
        StartAsync(
            folder, (command, log) => NetworkNamespaces.StartAsync("bash", ["-ec", $"{script}\nexec \"$@\"", "bash", .. command], log), [],
            arguments);

    /// <summary>By a line of the shell, in which <c>"$@"</c> is the program with its arguments.</summary>
    public static Task<SidecarProcess> StartByShellAsync(string folder, string line, params IReadOnlyList<string> arguments) => StartAsync(
        folder, (command, log) => GuardedProcess.StartAsync("bash", ["-c", line, "bash", .. command], log), [], arguments);

    /// <summary>With more variables, each <c>NAME=value</c>.</summary>
    public static Task<SidecarProcess> StartWithAsync(
        IEnumerable<string> variables, string folder, params IReadOnlyList<string> arguments) =>
        StartAsync(folder, (command, log) => GuardedProcess.StartAsync(command[0], command.Skip(1), log), variables, arguments);

    public void Send(UnixSignal signal) => _process.Send(signal);

    public Task PauseAsync() => _process.PauseAsync();

    /// <summary>Waits until it has printed this.</summary>
    public Task SaysAsync(string text) => UntilAsync(() => Output.Contains(text, StringComparison.Ordinal), $"it to say \"{text}\"");

    public Task UntilAsync(Func<bool> condition, string what) => UntilAsync(() => Task.FromResult(condition()), what);

    public async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        try
        {
            await Polling.UntilAsync(condition, Patience, what: what);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"{exception.Message}\n{Output}", exception);
        }
    }

    /// <summary>Asks it over HTTP, at the port that it says it has.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path)
    {
        await SaysAsync("Serving HTTP on http://");
        using var request = new HttpRequestMessage(method, new Uri(new Uri(Address().Match(Output).Groups["url"].Value), path));
        return await _http.SendAsync(request);
    }

    public async Task<string> GetAsync(string path)
    {
        using HttpResponseMessage answer = await SendAsync(HttpMethod.Get, path);
        return await answer.Content.ReadAsStringAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _http.Dispose();
    }

    private static async Task<SidecarProcess> StartAsync(
        string folder, Func<IReadOnlyList<string>, string, Task<GuardedProcess>> start, IEnumerable<string> variables,
        IEnumerable<string> arguments)
    {
        string log = Path.Combine(folder, $"{Guid.NewGuid():n}.log");
        IEnumerable<string> all = Environment.Select(variable => $"{variable.Key}={variable.Value}").Concat(variables);
        return new SidecarProcess(await start(["env", .. all, Program, .. arguments], log), log);
    }

    [GeneratedRegex(
        "Serving HTTP on (?<url>http://127\\.0\\.0\\.1:[0-9]+)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Address();
}
