using System.Net;
using LeaseElection.Sidecar.Exec;
using LeaseElection.Sidecar.Tests.Processes;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Sidecar.Tests.HandOver;

/// <summary>Three sidecars around one kind of command, on a real API server; whoever goes is replaced by a new one.</summary>
internal sealed class SidecarFleet(RealApiServer server, string leaseNamespace, string folder) : IAsyncDisposable
{
    private readonly Dictionary<string, SidecarProcess> _sidecars = [];
    private int _started;

    public CommandJournal Journal { get; } = new(folder);

    public static TimeSpan Ttl { get; } = TimeSpan.FromSeconds(4);

    /// <summary>
    /// With the flags of the old image, but for the deadline: so a command whose term was lost has 1.6 s, and gets to write
    /// its end on a busy machine, too.
    /// </summary>
    public async Task AddAsync()
    {
        string identity = $"pod-{++_started}";
        _sidecars.Add(identity, await SidecarProcess.StartAsync(
            folder,
            $"--election=settlement", "--id", identity, $"--election-namespace={leaseNamespace}", $"--ttl={Ttl.TotalSeconds}s",
            "--renew-deadline=2s", "--http=127.0.0.1:0",
            $"--kubeconfig={server.AdminKubeConfigFile}", "--", "bash", "-c", Journal.Script));
    }

    /// <summary>Waits for the first command of a term after this one.</summary>
    public async Task<JournalLine> StartAfterAsync(JournalLine? last)
    {
        JournalLine? start = null;
        await _sidecars.Values.First().UntilAsync(
            () => (
                start = Journal.Lines.FirstOrDefault(
                    line => line.Kind == "start" && (last is null || line.Token > last.Token))) is not null,
            $"a command after {last}; the journal:\n{string.Join('\n', Journal.Lines.TakeLast(10))}\noffences: "
                + $"{string.Join(", ", Journal.Offences())}");
        return start!;
    }

    /// <summary>As a kubelet does with a pod that is deleted.</summary>
    public async Task TerminateAsync(JournalLine leading)
    {
        SidecarProcess sidecar = _sidecars[leading.Identity];
        sidecar.Send(UnixSignal.Terminate);
        Assert.Equal(0, await sidecar.Exited);
        await ReplaceAsync(leading.Identity);
    }

    /// <summary>As an out-of-memory killer does that hits the sidecar alone.</summary>
    public async Task KillAsync(JournalLine leading)
    {
        SidecarProcess sidecar = _sidecars[leading.Identity];
        int[] commands =
        [
            .. ProcessEntry.ReadAll().Where(
                process => process.Parent == sidecar.Pid && process.Session == process.Id).Select(process => process.Id)
        ];
        sidecar.Send(UnixSignal.Kill);
        Assert.Equal(137, await sidecar.Exited);
        await Polling.UntilAsync(
            () => Task.FromResult(commands.All(command => ProcessEntry.Read(command) is not { HasEnded: false })), Ttl,
            what: "the command to go with it");
        Journal.Killed(leading.Token);
        await ReplaceAsync(leading.Identity);
    }

    public async Task StepDownAsync(JournalLine leading)
    {
        using HttpResponseMessage answer = await _sidecars[leading.Identity].SendAsync(HttpMethod.Post, "/step-down");

        // On a machine so busy that the term was lost meanwhile, another leads already.
        Assert.True(
            answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.Conflict, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>The server is gone until the leader has given up, which it does by its own clock.</summary>
    public async Task OutageAsync(JournalLine leading)
    {
        await server.KillAsync();
        await _sidecars[leading.Identity].UntilAsync(
            () => Journal.Lines.Any(line => line.Kind == "end" && line.Token == leading.Token), "its command to end without the server");
        await server.RestartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (SidecarProcess sidecar in _sidecars.Values)
            await sidecar.DisposeAsync();
    }

    private async Task ReplaceAsync(string identity)
    {
        if (_sidecars.Remove(identity, out SidecarProcess? gone))
            await gone.DisposeAsync();
        await AddAsync();
    }
}
