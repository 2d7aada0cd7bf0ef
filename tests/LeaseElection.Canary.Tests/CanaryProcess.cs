using LeaseElection.Testing;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Canary.Tests;

/// <summary>A running canary, and what it prints. It never outlives the tests.</summary>
internal sealed class CanaryProcess : IAsyncDisposable
{
    private readonly GuardedProcess _process;
    private readonly string _log;

    private CanaryProcess(GuardedProcess process, string log)
    {
        _process = process;
        _log = log;
    }

    public string Output => File.Exists(_log) ? File.ReadAllText(_log) : "";

    /// <param name="program">The native program.</param>
    /// <param name="folder">Where its log goes.</param>
    /// <param name="settings">Each <c>key=value</c>.</param>
    public static async Task<CanaryProcess> StartAsync(string program, string folder, IEnumerable<string> settings)
    {
        string log = Path.Combine(folder, $"{Guid.NewGuid():n}.log");
        string[] variables = ["KUBECONFIG=", "KUBERNETES_SERVICE_HOST=", "DOTNET_ENVIRONMENT=Production"];
        IEnumerable<string> arguments = settings
            .Append("Urls=http://127.0.0.1:0")
            .Append("LeaderElection:LeaseName=canary")
            .Select(setting => "--" + setting);
        return new CanaryProcess(await GuardedProcess.StartAsync("env", [.. variables, program, .. arguments], log), log);
    }

    /// <summary>Waits until it has printed this, and returns the rest of the line.</summary>
    public async Task<string> SaysAsync(string text)
    {
        await Polling.UntilAsync(() => Task.FromResult(HasSaid() || _process.Exited.IsCompleted), Signal.Patience, what: text);
        Assert.True(HasSaid(), Output);
        return Output.Split(text, 2)[1].Split('\n')[0].Trim();

        bool HasSaid() => Output.Contains(text, StringComparison.Ordinal);
    }

    /// <summary>Stops it as a kubelet does.</summary>
    /// <returns>Its exit code.</returns>
    public Task<int> StopAsync()
    {
        _process.Send(UnixSignal.Terminate);
        return _process.Exited.WaitAsync(Signal.Patience);
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
