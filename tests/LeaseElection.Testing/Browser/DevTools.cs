using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;

namespace LeaseElection.Testing.Browser;

/// <summary>
/// The DevTools protocol over one socket: commands with answers, and events. As little of it as tests need, so that they need no package
/// of another world.
/// </summary>
internal sealed class DevTools : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> _waiting = new();
    private readonly ConcurrentDictionary<string, Action<string, JsonElement>> _listeners = new(StringComparer.Ordinal);
    private Task _reading = Task.CompletedTask;
    private int _sent;

    public static async Task<DevTools> ConnectAsync(Uri address)
    {
        var devTools = new DevTools();
        await devTools._socket.ConnectAsync(address, CancellationToken.None).WaitAsync(Signal.Patience);
        devTools._reading = devTools.ReadAllAsync();
        return devTools;
    }

    /// <summary>Sends a command and returns its result.</summary>
    /// <exception cref="InvalidOperationException">The browser refused it, or has gone.</exception>
    public async Task<JsonElement> SendAsync(string method, object? parameters, string? session)
    {
        int id = Interlocked.Increment(ref _sent);
        var answer = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[id] = answer;
        byte[] message = JsonSerializer.SerializeToUtf8Bytes(session is null
            ? new { id, method, @params = parameters ?? new { } }
            : (object)new { id, method, @params = parameters ?? new { }, sessionId = session });
        await _sending.WaitAsync();
        try
        {
            await _socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        }
        finally
        {
            _sending.Release();
        }

        return await answer.Task.WaitAsync(Signal.Patience * 2);
    }

    /// <summary>Events of a session go there, one after the other; it must not wait.</summary>
    public void Listen(string session, Action<string, JsonElement> listener) => _listeners[session] = listener;

    public async ValueTask DisposeAsync()
    {
        await _reading;
        _socket.Dispose();
        _sending.Dispose();
    }

    private async Task ReadAllAsync()
    {
        try
        {
            while (await ReadAsync() is { } message)
                Take(message);
        }
        catch (WebSocketException)
        {
            // The browser has gone.
        }

        foreach (TaskCompletionSource<JsonElement> answer in _waiting.Values)
            answer.TrySetException(new InvalidOperationException("The browser has gone."));
    }

    private async Task<JsonElement?> ReadAsync()
    {
        using var message = new MemoryStream();
        byte[] buffer = new byte[1 << 16];
        while (true)
        {
            WebSocketReceiveResult read = await _socket.ReceiveAsync(buffer, CancellationToken.None);
            if (read.MessageType == WebSocketMessageType.Close)
                return null;
            message.Write(buffer, 0, read.Count);
            if (read.EndOfMessage)
                return JsonElement.Parse(message.ToArray());
        }
    }

    private void Take(JsonElement message)
    {
        if (!message.TryGetProperty("id", out JsonElement id))
        {
            if (message.TryGetProperty("sessionId", out JsonElement session) && _listeners.TryGetValue(session.GetString()!, out var listener))
                listener(message.GetProperty("method").GetString()!, message.GetProperty("params"));
        }
        else if (_waiting.TryRemove(id.GetInt32(), out TaskCompletionSource<JsonElement>? answer))
        {
            if (message.TryGetProperty("error", out JsonElement error))
                answer.SetException(new InvalidOperationException(error.ToString()));
            else
                answer.SetResult(message.GetProperty("result"));
        }
    }
}
