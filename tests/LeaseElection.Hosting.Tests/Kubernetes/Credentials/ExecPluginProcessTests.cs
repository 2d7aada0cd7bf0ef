using LeaseElection.Hosting.Kubernetes.Credentials;
using LeaseElection.Hosting.Tests.Leases;
using LeaseElection.Testing.ApiServer;
using static LeaseElection.Hosting.Tests.Kubernetes.Credentials.PluginFolder;
using static LeaseElection.Hosting.Tests.Kubernetes.Records;

namespace LeaseElection.Hosting.Tests.Kubernetes.Credentials;

/// <summary>Plugins that leave something behind (<c>ssh -f</c>, a helper that keeps tokens), which kubectl does not wait for.</summary>
[Collection(nameof(FileLocks))]
public sealed class ExecPluginProcessTests : IDisposable
{
    private readonly PluginFolder _folder = new();
    private readonly ShiftedTimeProvider _time = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_ChildKeepsStandardErrorOpen_IsAnsweredAndTheChildLivesOn()
    {
        // What it says later must reach a reader: a pipe that nobody reads any more kills who writes to it.
        ExecPlugin plugin = _folder.Plugin(
            $"mkfifo gate; {{ cat gate; echo said >&2; touch lived; }} > /dev/null & echo '{Credential("t")}'");

        ExecCredentialStatus status = await ExecPluginProcess.RunAsync(plugin, _time, default).WaitAsync(Patience / 2);

        Assert.Equal("t", status.Token);
        await _folder.OpenGateAsync();
        await Polling.UntilAsync(() => Task.FromResult(File.Exists(_folder.PathOf("lived"))), Patience);
    }

    [Fact]
    public async Task Run_FailsAndChildKeepsStandardErrorOpen_SaysWhatTheFailedOneSaid()
    {
        ExecPlugin plugin = _folder.Plugin("mkfifo gate; cat gate > /dev/null & echo 'not logged in' >&2; exit 3");

        ClusterCredentialException thrown = await Assert.ThrowsAsync<ClusterCredentialException>(
            () => ExecPluginProcess.RunAsync(plugin, _time, default).WaitAsync(Patience / 2));
        await _folder.OpenGateAsync();

        Assert.Contains("exited with code 3 and said: not logged in", thrown.Message, StringComparison.Ordinal);
    }
}
