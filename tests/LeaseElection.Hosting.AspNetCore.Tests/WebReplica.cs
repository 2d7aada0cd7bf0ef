using System.Text.Json;
using LeaseElection.Testing;
using LeaseElection.Testing.Election;
using LeaseElection.Testing.Logging;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.AspNetCore.Tests;

/// <summary>A real web app with a port of its own, whose elections are over leases of the test or made by it.</summary>
internal sealed class WebReplica : IAsyncDisposable
{
    private readonly Lazy<WebApplication> _app;
    private HttpClient? _client;

    public WebReplica(string identity, IReadOnlyDictionary<string, string?>? settings = null)
    {
        Builder = WebApplication.CreateSlimBuilder();
        Builder.WebHost.UseUrls("http://127.0.0.1:0");
        Builder.Logging.ClearProviders().AddProvider(Logs);
        Builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["LeaderElection:LeaseName"] = "settlement",
            ["LeaderElection:LeaseNamespace"] = "shop",
            ["LeaderElection:Identity"] = identity,
        });
        Builder.Configuration.AddInMemoryCollection(
            settings ?? new Dictionary<string, string?>(StringComparer.Ordinal) { ["LeaderElection:Store"] = "File" });
        _app = new(Builder.Build);
    }

    public WebApplicationBuilder Builder { get; }

    public WebApplication App => _app.Value;

    public ListLoggerProvider Logs { get; } = new();

    public ILeaderElection Election => App.Services.GetRequiredService<ILeaderElection>();

    /// <summary>It closes the connection of a response that is disposed at once, where the default would read on for two seconds.</summary>
    public HttpClient Client => _client ??= new HttpClient(new SocketsHttpHandler { ResponseDrainTimeout = TimeSpan.Zero })
    {
        BaseAddress = new Uri(App.Urls.First()),
    };

    public Task StartAsync() => App.StartAsync().WaitAsync(Signal.Patience);

    public Task StopAsync() => App.StopAsync().WaitAsync(Signal.Patience);

    public Task LeadAsync() => Election.WaitForLeadershipAsync().WaitAsync(Signal.Patience);

    public Task UntilAsync(Func<LeaderElectionStatus, bool> condition) => Election.UntilAsync(condition, Signal.Patience);

    public async Task<WebAnswer> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        foreach ((string name, string value) in headers)
            request.Headers.Add(name, value);
        using HttpResponseMessage response = await Client.SendAsync(request).WaitAsync(Signal.Patience);
        string text = await response.Content.ReadAsStringAsync();
        using JsonDocument? json = response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) == true
            && text.Length > 0
            ? JsonDocument.Parse(text) : null;
        return new WebAnswer(response, text, json?.RootElement.Clone() ?? default);
    }

    public Task<WebAnswer> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, headers);

    public Task<WebAnswer> PostAsync(string path, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, path, headers);

    public Task<EventReader> ListenAsync(string path) => EventReader.OpenAsync(Client, path);

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_app.IsValueCreated)
            await App.DisposeAsync().AsTask().WaitAsync(Signal.Patience);
    }
}
