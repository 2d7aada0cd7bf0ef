using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace LeaseElection.Hosting.Yarp.Tests;

/// <summary>Two replicas of an app, over real sockets: one leads, the other is asked.</summary>
public abstract class ForwardingTest : IAsyncLifetime
{
    private protected HttpClient Client { get; } = new();

    private protected WebReplica Leader { get; private set; } = null!;

    private protected WebReplica Standby { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Leader = await WebReplica.StartAsync("leader_1", Map, Configure);
        Standby = await WebReplica.StartAsync("standby_1", Map, Configure);
        Leader.Election.IsLeader = true;
        Standby.Election.Sees("leader_1", Leader.Address);
        Client.BaseAddress = Standby.Address;
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        await Standby.DisposeAsync();
        await Leader.DisposeAsync();
    }

    private protected abstract void Map(WebApplication app);

    private protected virtual void Configure(KestrelServerOptions server)
    {
    }

    /// <summary>Sends a request that is refused, and says why.</summary>
    private protected async Task<string?> RefusedAsync(string path = "/echo")
    {
        using HttpResponseMessage answer = await Client.PutAsync(path, new StringContent("books"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), answer.Headers.RetryAfter?.Delta);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        JsonElement problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("This process does not lead", problem.GetProperty("title").GetString());
        return problem.GetProperty("detail").GetString();
    }

    /// <summary>Answers with who does so, and what of a request it has seen.</summary>
    private protected static async Task EchoAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        using var reader = new StreamReader(request.Body);
        string body = await reader.ReadToEndAsync();
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        await context.Response.WriteAsJsonAsync(new Echo(
            IdentityOf(context),
            request.Method,
            $"{request.Scheme}://{request.Host}",
            request.PathBase,
            request.Path + request.QueryString.ToString(),
            body,
            request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString())));
    }

    private protected static string IdentityOf(HttpContext context) =>
        context.RequestServices.GetRequiredService<ILeaderElection>().Identity;
}
