using System.Globalization;
using System.Text.Json.Nodes;

namespace LeaseElection.Testing.ApiServer;

/// <summary>
/// What a kubelet does for one Pod of the real API server, in its order: it starts the process, which is the Pod's one container, tells
/// that it runs, and when it has ended tells that, with times in whole seconds, a while later.
/// </summary>
internal sealed class TestKubelet(RealApiServer server, string @namespace, string pod) : IAsyncDisposable
{
    private GuardedProcess? _process;
    private DateTimeOffset _startedAt;
    private JsonObject? _last;
    private int _containers;

    public string Pod => pod;

    public string Uid { get; private set; } = "";

    public GuardedProcess Process => _process!;

    private string ContainerId => string.Create(CultureInfo.InvariantCulture, $"containerd://{pod}-{_containers}");

    private string Path => $"/api/v1/namespaces/{@namespace}/pods/{pod}";

    /// <summary>Somebody creates the Pod.</summary>
    public async Task CreateAsync(JsonObject? spec = null)
    {
        spec ??= [];
        spec["containers"] = new JsonArray(new JsonObject { ["name"] = "app", ["image"] = "example.org/settlement" });
        JsonObject created = await server.Admin.SendAsync(HttpMethod.Post, $"/api/v1/namespaces/{@namespace}/pods", new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Pod",
            ["metadata"] = new JsonObject { ["name"] = pod },
            ["spec"] = spec,
        });
        Uid = (string)created["metadata"]!["uid"]!;
    }

    public Task DeleteAsync() => server.Admin.SendAsync(HttpMethod.Delete, Path + "?gracePeriodSeconds=0");

    /// <summary>The container begins, with this process in it.</summary>
    public async Task StartAsync(Func<Task<GuardedProcess>> start)
    {
        _containers++;
        _startedAt = Second(TimeProvider.System.GetUtcNow());
        _process = await start();
        await TellAsync(Running(_startedAt), _last);
    }

    /// <summary>The process is killed, and its container has ended; nothing is told of it yet.</summary>
    /// <returns>The state that tells it.</returns>
    public async Task<JsonObject> KillAsync()
    {
        Process.Send(UnixSignal.Kill);
        await Process.Exited;
        return _last = Terminated(_startedAt, TimeProvider.System.GetUtcNow());
    }

    /// <summary>What a kubelet tells of a container; with the last one where there was one.</summary>
    public Task TellAsync(
        JsonObject state, JsonObject? lastState = null, string? phase = null, string? reason = null) => ChangeStatusAsync(status =>
    {
        status["phase"] = phase ?? "Running";
        if (reason is not null)
            status["reason"] = reason;
        status["containerStatuses"] = new JsonArray(new JsonObject
        {
            ["name"] = "app",
            ["image"] = "example.org/settlement",
            ["imageID"] = "",
            ["containerID"] = ContainerId,
            ["ready"] = state.ContainsKey("running"),
            ["restartCount"] = Math.Max(_containers - 1, 0),
            ["state"] = state.DeepClone(),
            ["lastState"] = lastState?.DeepClone() ?? new JsonObject(),
        });
    });

    public static JsonObject Running(DateTimeOffset since) => new() { ["running"] = new JsonObject { ["startedAt"] = Text(since) } };

    public JsonObject Terminated(DateTimeOffset started, DateTimeOffset finished) => new()
    {
        ["terminated"] = new JsonObject
        {
            ["exitCode"] = 137,
            ["reason"] = "Error",
            ["startedAt"] = Text(started),
            ["finishedAt"] = Text(finished),
            ["containerID"] = ContainerId,
        },
    };

    public static JsonObject Waiting() => new() { ["waiting"] = new JsonObject { ["reason"] = "CrashLoopBackOff" } };

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
    }

    private async Task ChangeStatusAsync(Action<JsonObject> change)
    {
        JsonObject now = await server.Admin.SendAsync(HttpMethod.Get, Path);
        change(now["status"]!.AsObject());
        await server.Admin.SendAsync(HttpMethod.Put, Path + "/status", now);
    }

    private static DateTimeOffset Second(DateTimeOffset time) => new(time.Ticks - (time.Ticks % TimeSpan.TicksPerSecond), TimeSpan.Zero);

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
