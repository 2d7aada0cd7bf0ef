using System.Net.Sockets;
using System.Text;

namespace LeaseElection.Testing.Proxy;

/// <summary>One watch that passes through. A test may end it, in good order or not.</summary>
internal sealed class ProxyWatch(ProxyConnection connection) : IDisposable
{
    private const string Gone =
        """{"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"too old resource version","reason":"Expired","code":410}}""";

    private readonly CancellationTokenSource _end = CancellationTokenSource.CreateLinkedTokenSource(connection.Gone);
    private volatile object? _break;

    /// <summary>Ends it after its last words, if any.</summary>
    public void End(WatchBreak? last)
    {
        _break = last;
        EndAfter(TimeSpan.Zero);
    }

    public void EndAfter(TimeSpan time)
    {
        try
        {
            _end.CancelAfter(time);
        }
        catch (ObjectDisposedException)
        {
            // It has just ended by itself.
        }
    }

    /// <summary>Tells something that the server did not.</summary>
    public Task TellAsync(string text) => connection.WriteChunkAsync(Encoding.UTF8.GetBytes(text));

    /// <summary>Passes on what comes until either end is over. Returns whether the connection may go on to be used.</summary>
    public async Task<bool> RunAsync(Stream upstream, Func<bool> isSilent, ProxyTraffic traffic)
    {
        byte[] buffer = new byte[16 * 1024];
        try
        {
            while (await upstream.ReadAsync(buffer, _end.Token) is > 0 and int read)
            {
                if (isSilent())
                    traffic.Silenced(buffer.AsSpan(0, read).Count((byte)'\n'));
                else
                    await connection.WriteChunkAsync(buffer.AsMemory(0, read));
            }
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            if (connection.Gone.IsCancellationRequested)
                return false;
        }

        string lastWords = _break switch
        {
            WatchBreak.Gone => Gone + "\n",
            WatchBreak.Truncated => Gone[..(Gone.Length / 2)],
            WatchBreak.Garbage => "<html>502</html>\n",
            _ => "",
        };
        if (lastWords.Length > 0)
            await TellAsync(lastWords);
        if (_break is WatchBreak.Truncated)
        {
            connection.Shut(SocketShutdown.Both);
            return false;
        }

        await connection.WriteChunkAsync(default);
        return true;
    }

    public void Dispose() => _end.Dispose();
}
