using System.Net.ServerSentEvents;
using System.Text.Json;
using LeaseElection.Testing;

namespace LeaseElection.Hosting.AspNetCore.Tests;

/// <summary>A client of the events, as a browser is one.</summary>
internal sealed class EventReader : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly IAsyncEnumerator<SseItem<JsonElement>> _events;

    private EventReader(HttpResponseMessage response, Stream body)
    {
        _response = response;
        _events = SseParser.Create(body, (_, data) => JsonElement.Parse(data)).EnumerateAsync().GetAsyncEnumerator();
    }

    public string? MediaType => _response.Content.Headers.ContentType?.MediaType;

    public static async Task<EventReader> OpenAsync(HttpClient client, string path)
    {
        HttpResponseMessage response =
            await client.GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead).WaitAsync(Signal.Patience);
        response.EnsureSuccessStatusCode();
        return new EventReader(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>The next event, or null when the server has ended the stream in good order.</summary>
    public async Task<SseItem<JsonElement>?> NextAsync() =>
        await _events.MoveNextAsync().AsTask().WaitAsync(Signal.Patience) ? _events.Current : null;

    /// <summary>The first event of a kind that tells of an election what is waited for.</summary>
    public async Task<JsonElement> UntilAsync(Func<JsonElement, bool> condition, string kind = "status", int election = 0)
    {
        while (await NextAsync() is { } next)
        {
            JsonElement told = next.Data.GetProperty("elections")[election];
            if (next.EventType == kind && condition(told))
                return told;
        }

        throw new EndOfStreamException("The events ended.");
    }

    public async ValueTask DisposeAsync()
    {
        _response.Dispose(); // Closes the connection, as a browser's tab does.
        try
        {
            await _events.DisposeAsync();
        }
        catch (NotSupportedException)
        {
            // A read is still under way.
        }
    }
}
