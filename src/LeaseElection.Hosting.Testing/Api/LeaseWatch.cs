using System.Globalization;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace LeaseElection.Hosting.Testing.Api;

/// <summary>One open watch: what is to be sent over it, in order. A test may send, end and cut it as well.</summary>
/// <param name="route">What is watched, and from where on.</param>
/// <param name="abort">Cuts the connection.</param>
internal sealed class LeaseWatch(LeaseRoute route, Action abort)
{
    private readonly Channel<string> _chunks = Channel.CreateUnbounded<string>();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private volatile bool _ended;

    /// <summary>What is still to be sent, each piece as one chunk.</summary>
    public ChannelReader<string> Chunks => _chunks.Reader;

    /// <summary>Whether it is about one lease, and not about a group.</summary>
    public bool IsOfOneLease => route.Name is not null;

    /// <summary>Whether more will be told over it, and somebody listens.</summary>
    public bool IsOpen => !_ended && !_closed.Task.IsCompleted;

    /// <summary>Done when the watch has ended, whoever ended it.</summary>
    public Task Closed => _closed.Task;

    /// <summary><see langword="null"/>: from what is there now.</summary>
    public long? Since { get; } = route.Query["resourceVersion"] is { Length: > 0 } version and not "0"
        ? long.Parse(version, CultureInfo.InvariantCulture)
        : null;

    public void Tell(LeaseChange change)
    {
        if (change.ToLine(route) is { } line)
            Write(line);
    }

    public void Bookmark(long version)
    {
        if (route.Query["allowWatchBookmarks"] != "true")
            return;
        var bookmark = new JsonObject
        {
            ["kind"] = "Lease",
            ["apiVersion"] = "coordination.k8s.io/v1",
            ["metadata"] = new JsonObject { ["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture) },
            ["spec"] = new JsonObject(),
        };
        Write(new JsonObject { ["type"] = "BOOKMARK", ["object"] = bookmark }.ToJsonString() + "\n");
    }

    /// <summary>Sends the text as it is, whatever it is, as one chunk.</summary>
    public void Write(string chunk) => _chunks.Writer.TryWrite(chunk);

    /// <summary>Ends the stream in good order, after all that was written, or with an error.</summary>
    public void End(Exception? error = null)
    {
        _ended = true;
        _chunks.Writer.TryComplete(error);
    }

    /// <summary>Cuts the connection.</summary>
    public void Abort() => abort();

    /// <summary>Nobody reads it any more.</summary>
    public void Close() => _closed.TrySetResult();
}
