using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using LeaseElection.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace LeaseElection.Hosting.Yarp.Tests;

/// <summary>A standby that is asked answers as the leader.</summary>
public sealed class ForwardToLeaderTests : ForwardingTest
{
    private readonly TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task Request_OfAStandby_IsAnsweredByTheLeader_AsIfItHadBeenAsked()
    {
        using HttpResponseMessage answer = await Client.PutAsync("/echo/b%20c?a=b%20c&d=%2F", new StringContent("books"));

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Echo echo = (await answer.Content.ReadFromJsonAsync<Echo>())!;
        Assert.Equal(
            ("leader_1", "PUT", "http://" + Standby.Address.Authority, "/echo/b%20c?a=b%20c&d=%2F", "books"),
            (echo.By, echo.Method, echo.Host, echo.PathAndQuery, echo.Body));
    }

    [Fact]
    public async Task Request_OfTheLeader_IsAnsweredThere()
    {
        using HttpResponseMessage answer = await Client.PutAsync(new Uri(Leader.Address, "/echo"), new StringContent("books"));

        Echo echo = (await answer.Content.ReadFromJsonAsync<Echo>())!;
        Assert.Equal(("leader_1", null), (echo.By, echo.Header("X-Forwarded-For")));
    }

    [Fact]
    public async Task Endpoint_WithAPath_GoesBeforeThatOfTheRequest()
    {
        Standby.Election.Sees("leader_1", new Uri(Leader.Address, "/apps/shop/"));

        using HttpResponseMessage answer = await Client.PutAsync("/echo", new StringContent("books"));

        Echo echo = (await answer.Content.ReadFromJsonAsync<Echo>())!;
        Assert.Equal(("/apps/shop", "/echo"), (echo.PathBase, echo.PathAndQuery));
    }

    [Fact]
    public async Task PathBase_IsTheSameAtTheLeader()
    {
        using HttpResponseMessage answer = await Client.PutAsync("/apps/shop/echo", new StringContent("books"));

        Echo echo = (await answer.Content.ReadFromJsonAsync<Echo>())!;
        Assert.Equal(("leader_1", "/apps/shop", "/echo"), (echo.By, echo.PathBase, echo.PathAndQuery));
    }

    [Fact]
    public async Task Upload_OfHundredMegabytes_IsStreamed()
    {
        const int Size = 100 * 1024 * 1024;
        long before = GC.GetTotalAllocatedBytes(precise: true);
        using HttpResponseMessage answer = await Client.PostAsync("/upload", new RandomContent(Size));
        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;

        Assert.Equal($"{Size} {RandomContent.HashOf(Size)}", await answer.Content.ReadAsStringAsync());
        Assert.InRange(allocated, 0, Size); // Client, standby and leader are this process: none of them held it.
    }

    [Fact]
    public async Task ServerSentEvents_ArriveAsTheyAreSent()
    {
        using HttpResponseMessage answer = await Client.GetAsync("/events", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());

        Assert.Equal("data: 1", await reader.ReadLineAsync().WaitAsync(Signal.Patience));
        _next.SetResult(); // The second is sent when the first has been seen.
        Assert.Equal("data: 2", await reader.ReadLineAsync().WaitAsync(Signal.Patience));
        Assert.Null(await reader.ReadLineAsync().WaitAsync(Signal.Patience));
    }

    [Fact]
    public async Task WebSocket_IsOpenedThroughTheStandby()
    {
        using var socket = new ClientWebSocket();
        using var patience = new CancellationTokenSource(Signal.Patience);
        await socket.ConnectAsync(new Uri($"ws://{Standby.Address.Authority}/socket"), patience.Token);

        await socket.SendAsync("books"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, patience.Token);
        byte[] buffer = new byte[100];
        WebSocketReceiveResult received = await socket.ReceiveAsync(buffer, patience.Token);

        Assert.Equal("leader_1: books", Encoding.UTF8.GetString(buffer, 0, received.Count));
    }

    [Fact]
    public async Task AnswerThatIsCutOff_IsCutOffForTheClient()
    {
        using HttpResponseMessage answer = await Client.GetAsync("/cut", HttpCompletionOption.ResponseHeadersRead);
        Stream body = await answer.Content.ReadAsStreamAsync();
        Assert.Equal('h', body.ReadByte());
        _next.SetResult();

        await Assert.ThrowsAnyAsync<IOException>(() => body.CopyToAsync(Stream.Null).WaitAsync(Signal.Patience));
    }

    [Fact]
    public async Task OnStandbyOfRequireLeadership_ComesBefore() => Assert.Equal("my own", await Client.GetStringAsync("/own"));

    private protected override void Configure(KestrelServerOptions server) => server.Limits.MaxRequestBodySize = null;

    private protected override void Map(WebApplication app)
    {
        app.UsePathBase("/apps/shop").UseRouting().UseWebSockets();
        RouteGroupBuilder group = app.MapGroup("").RequireLeadership().ForwardToLeader();
        group.MapPut("/echo/{*rest}", EchoAsync);
        group.MapPost("/upload", UploadAsync);
        group.MapGet("/events", EventsAsync);
        group.MapGet("/socket", SocketAsync);
        group.MapGet("/cut", CutAsync);
        app.MapGet("/own", (HttpContext context) => context.Response.WriteAsync("the leader's"))
            .RequireLeadership(onStandby: (context, _) => context.Response.WriteAsync("my own")).ForwardToLeader();
    }

    private static async Task UploadAsync(HttpContext context)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[65536];
        long size = 0;
        for (int read; (read = await context.Request.Body.ReadAsync(buffer)) > 0; size += read)
            hash.AppendData(buffer, 0, read);
        await context.Response.WriteAsync($"{size} {Convert.ToHexString(hash.GetHashAndReset())}");
    }

    private async Task EventsAsync(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        await context.Response.WriteAsync("data: 1\n");
        await context.Response.Body.FlushAsync();
        await _next.Task.WaitAsync(Signal.Patience);
        await context.Response.WriteAsync("data: 2\n");
    }

    private async Task CutAsync(HttpContext context)
    {
        await context.Response.WriteAsync("half");
        await context.Response.Body.FlushAsync();
        await _next.Task.WaitAsync(Signal.Patience);
        context.Abort();
    }

    private static async Task SocketAsync(HttpContext context)
    {
        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
        byte[] buffer = new byte[100];
        WebSocketReceiveResult received = await socket.ReceiveAsync(buffer, context.RequestAborted);
        string answer = $"{IdentityOf(context)}: {Encoding.UTF8.GetString(buffer, 0, received.Count)}";
        await socket.SendAsync(Encoding.UTF8.GetBytes(answer), WebSocketMessageType.Text, endOfMessage: true, context.RequestAborted);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
    }
}
