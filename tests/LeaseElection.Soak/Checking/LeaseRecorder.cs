using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Soak.Checking;

/// <summary>
/// Writes down every version of the leases, as somebody sees them whom no fault of the network meets: what is looked at when something
/// is wrong.
/// </summary>
internal sealed class LeaseRecorder : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _over = new();
    private readonly Lock _lock = new();
    private readonly List<(TimeSpan At, string What)> _seen = [];
    private readonly RealApiServer _server;
    private readonly string _leases;
    private readonly Task _watching;
    private string _version = "";

    public LeaseRecorder(RealApiServer server, string leaseNamespace)
    {
        _server = server;
        _leases = $"/apis/coordination.k8s.io/v1/namespaces/{leaseNamespace}/leases";
        _watching = Task.Run(RunAsync);
    }

    /// <summary>What was seen so far, and when.</summary>
    public IReadOnlyList<(TimeSpan At, string What)> Seen
    {
        get
        {
            lock (_lock)
                return [.. _seen];
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _over.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_over.IsCancellationRequested)
        {
            try
            {
                await foreach (JsonObject happened in _server.Admin.WatchAsync(
                    $"{_leases}?watch=true&allowWatchBookmarks=true&resourceVersion={_version}", _over.Token))
                {
                    Note((string)happened["type"]!, happened["object"]!.AsObject());
                }
            }
            catch (Exception exception) when (!_over.IsCancellationRequested)
            {
                Note(exception.Message); // The server is one of those that the nemesis meets.
                if (exception is HttpRequestException { StatusCode: HttpStatusCode.Gone })
                    _version = "";
            }

            await Task.Delay(Pause, TimeProvider.System, _over.Token);
        }
    }

    private void Note(string type, JsonObject lease)
    {
        if (type == "ERROR")
        {
            _version = "";
            Note(lease.ToJsonString());
            return;
        }

        _version = (string)lease["metadata"]!["resourceVersion"]!;
        if (type == "BOOKMARK")
            return;
        JsonNode? spec = lease["spec"];
        Note(string.Create(CultureInfo.InvariantCulture, $"{type} {lease["metadata"]!["name"]} {_version} '{spec?["holderIdentity"]}' ")
            + $"renewed {spec?["renewTime"]}, acquired {spec?["acquireTime"]}, {spec?["leaseDurationSeconds"]} s");
    }

    private void Note(string what)
    {
        lock (_lock)
            _seen.Add((SoakClock.Now, what));
    }
}
