using LeaseElection.Testing.Logging;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Yarp.Tests;

/// <summary>A web app on a port of its own, of an election that knows what the test says.</summary>
internal sealed class WebReplica : IAsyncDisposable
{
    private readonly WebApplication _app;

    private WebReplica(WebApplication app, StubElection election, ListLoggerProvider log) => (_app, Election, Log) = (app, election, log);

    public StubElection Election { get; }

    public ListLoggerProvider Log { get; }

    public Uri Address => new(_app.Urls.Single());

    public static async Task<WebReplica> StartAsync(
        string identity, Action<WebApplication> map, Action<KestrelServerOptions>? configure = null)
    {
        var election = new StubElection(identity);
        var log = new ListLoggerProvider();
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0").ConfigureKestrel(configure ?? (_ => { }));
        builder.Logging.SetMinimumLevel(LogLevel.Debug).AddProvider(log);
        builder.Services.AddRoutingCore().AddRequestTimeouts();
        builder.Services.AddSingleton<ILeaderElection>(election);
        WebApplication app = builder.Build();
        map(app);
        await app.StartAsync();
        return new WebReplica(app, election, log);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
