using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LeaseElection.Testing;
using LeaseElection.Testing.ApiServer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace LeaseElection.Hosting.Yarp.Tests;

/// <summary>A standby that is asked, over real sockets, and a leader.</summary>
public sealed class ForwardToLeaderTests : IAsyncLifetime
{
    private readonly HttpClient _client = new();
    private readonly TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WebReplica _leader = null!;
    private WebReplica _standby = null!;

    public async Task InitializeAsync()
    {
        _leader = await WebReplica.StartAsync("leader_1", Map, app => app.UseWebSockets());
        _standby = await WebReplica.StartAsync("standby_1", Map, app => app.UseWebSockets());
        _leader.Election.IsLeader = true;
        _standby.Election.Sees("leader_1", _leader.Address);
        _client.BaseAddress = _standby.Address;
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _standby.DisposeAsync();
        await _leader.DisposeAsync();
    }

    [Fact]
    public async Task Request_OfAStandby_IsAnsweredByTheLeader_AsIfItHadBeenAsked()
    {
        using HttpResponseMessage answer = await _client.PutAsync("/echo?a=b%20c", new StringContent("books"));

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal("leader_1", answer.Headers.GetValues("Served-By").Single());
        string[] lines = (await answer.Content.ReadAsStringAsync()).Split('\n');
        Assert.Equal(
            [
                "PUT http " + _standby.Address.Authority, "/echo?a=b%20c", "127.0.0.1", _standby.Address.Authority, "http", "books",
            ],
            lines);
    }

    [Fact]
    public async Task Client_ThatCameThroughAProxy_IsStillNamedFirst()
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/echo");
        request.Headers.Add("X-Forwarded-For", "203.0.113.7");
        request.Headers.Add("X-Forwarded-Proto", "https");

        using HttpResponseMessage answer = await _client.SendAsync(request);
        string[] lines = (await answer.Content.ReadAsStringAsync()).Split('\n');

        Assert.Equal(("203.0.113.7, 127.0.0.1", "https"), (lines[2], lines[4]));
    }

    [Fact]
    public async Task Upload_OfHundredMegabytes_IsStreamed()
    {
        const int Size = 100 * 1024 * 1024;
        long before = GC.GetTotalAllocatedBytes(precise: true);
        using HttpResponseMessage answer = await _client.PostAsync("/upload", new RandomContent(Size));
        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;

        Assert.Equal($"{Size} {RandomContent.HashOf(Size)}", await answer.Content.ReadAsStringAsync());
        Assert.InRange(allocated, 0, Size); // Client, standby and leader are this process: none of them held it.
    }

    [Fact]
    public async Task ServerSentEvents_ArriveAsTheyAreSent()
    {
        using HttpResponseMessage answer = await _client.GetAsync("/events", HttpCompletionOption.ResponseHeadersRead);
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
        await socket.ConnectAsync(new Uri($"ws://{_standby.Address.Authority}/socket"), patience.Token);

        await socket.SendAsync("books"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, patience.Token);
        byte[] buffer = new byte[100];
        WebSocketReceiveResult received = await socket.ReceiveAsync(buffer, patience.Token);

        Assert.Equal("leader_1: books", Encoding.UTF8.GetString(buffer, 0, received.Count));
    }

    [Fact]
    public async Task TwoThatTakeEachOtherForTheLeader_RefuseAndDoNotGoRound()
    {
        _leader.Election.IsLeader = false;
        _leader.Election.Sees("standby_1", _standby.Address);

        await RefusedAsync("It was forwarded here by standby_1, which took this process for the leader.");
    }

    [Fact]
    public async Task ReceiverThatDoesNotLead_Refuses()
    {
        _leader.Election.IsLeader = false;
        _leader.Election.Sees("third_1", new Uri("http://127.0.0.1:1"));

        await RefusedAsync("It was forwarded here by standby_1, which took this process for the leader.");
    }

    [Fact]
    public async Task NobodyLeads_IsRefused()
    {
        _standby.Election.Sees(null, null);

        await RefusedAsync("Nobody leads at present.");
    }

    [Fact]
    public async Task ItselfIsTheHolder_IsRefused()
    {
        _standby.Election.Sees("standby_1", _standby.Address);

        await RefusedAsync("Nobody leads at present.");
    }

    [Fact]
    public async Task LeaderWithoutAnEndpoint_IsRefused()
    {
        _standby.Election.Sees("leader_1", null);

        await RefusedAsync("leader_1 leads, and has not said where it can be reached: it calls no PublishEndpoint().");
    }

    [Fact]
    public async Task LeaderThatIsGone_IsRefusedAndLogged()
    {
        _standby.Election.Sees("leader_1", new Uri($"http://127.0.0.1:{UnusedPorts.Take(1)[0]}"));

        await RefusedAsync("leader_1 leads, and cannot be reached.");
        await _standby.Log.WaitForAsync("ForwardingFailed");
    }

    [Fact]
    public async Task LeaderThatHangsUp_IsRefused_AndMayHaveDoneIt()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task hangUp = Task.Run(async () =>
        {
            using TcpClient connection = await listener.AcceptTcpClientAsync();
            byte[] buffer = new byte[4096];
            _ = await connection.GetStream().ReadAsync(buffer);
            connection.LingerState = new LingerOption(true, 0);
        });
        _standby.Election.Sees("leader_1", new Uri($"http://{listener.LocalEndpoint}"));

        await RefusedAsync("leader_1 leads, and did not answer (Request): the request may have been carried out.");
        await hangUp;
    }

    [Fact]
    public async Task AnswerThatIsCutOff_IsCutOffForTheClient()
    {
        using HttpResponseMessage answer = await _client.GetAsync("/cut", HttpCompletionOption.ResponseHeadersRead);

        await Assert.ThrowsAnyAsync<Exception>(() => answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task OnStandby_ComesBefore()
    {
        Assert.Equal("my own", await _client.GetStringAsync("/own"));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    public void TimeLimit_OfNothing_IsRefused(int connect, int activity) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new RouteGroup().ForwardToLeader(options =>
        {
            options.ConnectTimeout = TimeSpan.FromSeconds(connect);
            options.ActivityTimeout = TimeSpan.FromSeconds(activity);
        }));

    private async Task RefusedAsync(string detail)
    {
        using HttpResponseMessage answer = await _client.PutAsync("/echo", new StringContent("books"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), answer.Headers.RetryAfter?.Delta);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        JsonElement problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(("This process does not lead", detail), (problem.GetProperty("title").GetString(), problem.GetProperty("detail").GetString()));
    }

    private void Map(IEndpointRouteBuilder endpoints)
    {
        RouteGroupBuilder group = endpoints.MapGroup("").RequireLeadership().ForwardToLeader();
        group.MapPut("/echo", EchoAsync);
        group.MapPost("/upload", UploadAsync);
        group.MapGet("/events", EventsAsync);
        group.MapGet("/socket", SocketAsync);
        group.MapGet("/cut", async context =>
        {
            await context.Response.WriteAsync("half");
            await context.Response.Body.FlushAsync();
            context.Abort();
        });
        endpoints.MapGet("/own", (HttpContext context) => context.Response.WriteAsync("the leader's"))
            .RequireLeadership(onStandby: (context, _) => context.Response.WriteAsync("my own")).ForwardToLeader();
    }

    private static async Task EchoAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        using var reader = new StreamReader(request.Body);
        string body = await reader.ReadToEndAsync();
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        context.Response.Headers["Served-By"] = IdentityOf(context);
        await context.Response.WriteAsync(string.Join(
            '\n', $"{request.Method} {request.Scheme} {request.Host}", request.PathBase + request.Path + request.QueryString, request.Headers["X-Forwarded-For"],
            request.Headers["X-Forwarded-Host"], request.Headers["X-Forwarded-Proto"], body));
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

    private static async Task SocketAsync(HttpContext context)
    {
        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
        byte[] buffer = new byte[100];
        WebSocketReceiveResult received = await socket.ReceiveAsync(buffer, context.RequestAborted);
        string answer = $"{IdentityOf(context)}: {Encoding.UTF8.GetString(buffer, 0, received.Count)}";
        await socket.SendAsync(Encoding.UTF8.GetBytes(answer), WebSocketMessageType.Text, endOfMessage: true, context.RequestAborted);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
    }

    private static string IdentityOf(HttpContext context) =>
        ((ILeaderElection)context.RequestServices.GetService(typeof(ILeaderElection))!).Identity;

    private sealed class RouteGroup : IEndpointConventionBuilder
    {
        public void Add(Action<EndpointBuilder> convention) => throw new InvalidOperationException("It must not come to that.");
    }
}
