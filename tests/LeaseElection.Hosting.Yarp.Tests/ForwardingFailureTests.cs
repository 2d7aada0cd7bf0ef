using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace LeaseElection.Hosting.Yarp.Tests;

/// <summary>Where no leader answers, a client is told so at once, and whether its request may have been carried out.</summary>
public sealed class ForwardingFailureTests : ForwardingTest
{
    private const int MostBytes = 1000;

    [Fact]
    public async Task NobodyLeads_IsRefused()
    {
        Standby.Election.Sees(null, null);

        Assert.Equal("Nobody leads at present.", await RefusedAsync());
    }

    [Fact]
    public async Task ItselfIsTheHolder_IsRefused()
    {
        Standby.Election.Sees("standby_1", Standby.Address);

        Assert.Equal("Nobody leads at present.", await RefusedAsync());
    }

    [Fact]
    public async Task LeaderWithoutAnEndpoint_IsRefused()
    {
        Standby.Election.Sees("leader_1", null);

        Assert.Equal(
            "leader_1 leads, and has not said where it can be reached: it calls no PublishEndpoint(), or its log says why (872).",
            await RefusedAsync());
    }

    [Fact]
    public async Task TwoThatTakeEachOtherForTheLeader_RefuseAndDoNotGoRound()
    {
        Leader.Election.IsLeader = false;
        Leader.Election.Sees("standby_1", Standby.Address);

        Assert.Equal("It was forwarded here by standby_1, which took this process for the leader.", await RefusedAsync());
    }

    [Fact]
    public async Task ReceiverThatDoesNotLead_RefusesAndDoesNotForward()
    {
        Leader.Election.IsLeader = false;
        Leader.Election.Sees("third_1", new Uri("http://127.0.0.1:1"));

        Assert.Equal("It was forwarded here by standby_1, which took this process for the leader.", await RefusedAsync());
    }

    [Fact]
    public async Task EndpointThatLeadsBack_IsRefusedByName()
    {
        Standby.Election.Sees("leader_1", Standby.Address);

        Assert.Equal(
            "It came back to standby_1, which forwarded it: the endpoint that leader_1 has published leads here.", await RefusedAsync());
    }

    [Fact]
    public async Task EndpointThatLeadsBack_ToOneWithALongName_IsRefusedByName()
    {
        string name = new('x', 120);
        await using WebReplica asked = await WebReplica.StartAsync(name, Map, Configure);
        asked.Election.Sees("leader_1", asked.Address);

        Assert.StartsWith(
            $"It came back to {name}, which forwarded it: ", await RefusedAsync($"{asked.Address}echo"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ForgedGuard_IsRefused_AndShownInBounds()
    {
        Client.DefaultRequestHeaders.Add(ForwardedRequest.Guard, "%3Cb%3E" + new string('x', 5000));

        Assert.Equal($"It was forwarded here by <b>{new string('x', 97)}, which took this process for the leader.", await RefusedAsync());
    }

    [Fact]
    public async Task LeaderThatIsGone_IsRefused_AndToldOnce()
    {
        // Bound, so that nobody else is given the port, and not listening.
        using var unused = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        unused.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Standby.Election.Sees("leader_1", new Uri($"http://{unused.LocalEndPoint}"));

        Assert.Equal("leader_1 leads, and cannot be reached.", await RefusedAsync());
        Assert.Equal("leader_1 leads, and cannot be reached.", await RefusedAsync());

        Assert.Single(Standby.Log.Named("ForwardingFailed"));
        Assert.Equal(LogLevel.Debug, Assert.Single(Standby.Log.Named("ForwardingFailedAgain")).Level);
        Standby.Election.Sees("leader_1", Leader.Address);
        (await Client.PutAsync("/echo", new StringContent("books"))).EnsureSuccessStatusCode().Dispose();
        Standby.Election.Sees("leader_1", new Uri("http://127.0.0.1:1"));
        await RefusedAsync();
        Assert.Equal(2, Standby.Log.Named("ForwardingFailed").Count);
    }

    /// <summary>As one whose node is gone: nobody refuses the connection, and nobody takes it.</summary>
    [Fact]
    public async Task LeaderThatAnswersNoConnection_IsRefused_AndNothingWasSent()
    {
        using Socket full = Listening();
        using Socket first = await FillAsync(full);
        Standby.Election.Sees("leader_1", new Uri($"http://{full.LocalEndPoint}"));

        Assert.Equal("leader_1 leads, and cannot be reached.", await RefusedAsync("/hurried"));
    }

    [Fact]
    public async Task TransformerThatThrows_IsRefused_AndNothingWasSent()
    {
        Assert.Equal(
            "leader_1 leads, and nothing was sent: this process could not make the request for it, and its log says why (920).",
            await RefusedAsync("/broken"));
        Assert.Equal("Not today.", Assert.Single(Standby.Log.Named("ForwardingFailed")).Exception?.Message);
    }

    [Fact]
    public async Task LeaderThatHangsUp_IsRefused_AndMayHaveDoneIt()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task hangUp = HangUpAsync(listener);
        Standby.Election.Sees("leader_1", new Uri($"http://{listener.LocalEndpoint}"));

        Assert.Equal(
            "leader_1 leads, and did not answer (the connection broke): the request may have been carried out.", await RefusedAsync());
        await hangUp;
    }

    /// <summary>As one that was killed: nothing is sent again, by .NET either, and nobody is told that nothing was sent.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task LeaderThatHangsUpOnARequestWithoutABody_IsSentItOnce(bool isGoneThen)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task<int> counting = CountAsync(listener, isGoneThen);
        Standby.Election.Sees("leader_1", new Uri($"http://{listener.LocalEndpoint}"));

        using HttpResponseMessage answer = await Client.DeleteAsync("/echo");

        Assert.Contains("the request may have been carried out", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        listener.Stop();
        Assert.Equal(1, await counting);
    }

    [Fact]
    public async Task HandlerThatCannotBeMadeYet_IsMadeForTheNextRequest()
    {
        using HttpResponseMessage first = await Client.PutAsync("/later", new StringContent("books"));
        using HttpResponseMessage second = await Client.PutAsync("/later", new StringContent("books"));

        Assert.Equal(HttpStatusCode.InternalServerError, first.StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, second.StatusCode);
    }

    [Fact]
    public async Task LeaderThatIsSilent_IsRefused_AndMayHaveDoneIt()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Standby.Election.Sees("leader_1", new Uri($"http://{listener.LocalEndpoint}"));

        Assert.Equal(
            "leader_1 leads, and did not answer (it is silent): the request may have been carried out.", await RefusedAsync("/impatient"));
    }

    /// <summary>As of every endpoint that waits for longer: it is no mistake of the client's.</summary>
    [Fact]
    public async Task LimitOfTheStandbysApp_IsAnsweredByThat()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Standby.Election.Sees("leader_1", new Uri($"http://{listener.LocalEndpoint}"));

        using HttpResponseMessage answer = await Client.PutAsync("/limited", new StringContent("books"));

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.DoesNotContain(Standby.Log.Entries, entry => entry.Level > LogLevel.Warning);
    }

    /// <summary>Nobody is told of it by an error, or a warning.</summary>
    [Fact]
    public async Task ClientThatIsGone_IsNoFailure()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Standby.Election.Sees("leader_1", new Uri($"http://{listener.LocalEndpoint}"));
        using var patience = new CancellationTokenSource();

        Task<HttpResponseMessage> answer = Client.PutAsync("/echo", new StringContent("books"), patience.Token);
        using TcpClient forwarded = await listener.AcceptTcpClientAsync();
        byte[] rest = new byte[4096];
        Assert.NotEqual(0, await forwarded.GetStream().ReadAsync(rest)); // Earlier, the connection would be kept for another request.
        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        while (await forwarded.GetStream().ReadAsync(rest) > 0)
        {
        }

        await Standby.Log.WaitForAsync("ConnectionStop");
        Assert.DoesNotContain(Standby.Log.Entries, entry => entry.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task BodyThatIsTooLong_IsTheClientsMistake()
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/echo");
        request.Content = new StringContent(new string('x', 2 * MostBytes));
        request.Headers.TransferEncodingChunked = true;

        using HttpResponseMessage answer = await Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Empty(Standby.Log.Named("ForwardingFailed"));
    }

    [Fact]
    public async Task HeadersOfTheApp_StayOnARefusal()
    {
        Standby.Election.Sees("leader_1", new Uri("http://127.0.0.1:1"));

        using HttpResponseMessage answer = await Client.PutAsync("/echo", new StringContent("books"));

        Assert.Equal("*", answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
    }

    private protected override void Configure(KestrelServerOptions server) => server.Limits.MaxRequestBodySize = MostBytes;

    private protected override void Map(WebApplication app)
    {
        app.Use((context, next) =>
        {
            context.Response.Headers.AccessControlAllowOrigin = "*";
            return next(context);
        });
        app.UseRouting();
        app.UseRequestTimeouts();
        app.MapMethods("/echo", ["PUT", "DELETE"], EchoAsync).RequireLeadership().ForwardToLeader();
        int attempts = 0;
        app.MapPut("/later", EchoAsync).RequireLeadership().ForwardToLeader(options => options.ConfigureHandler = _ =>
        {
            if (attempts++ == 0)
                throw new IOException("The certificate is not mounted yet.");
        });
        app.MapPut("/impatient", EchoAsync).RequireLeadership()
            .ForwardToLeader(options => options.Request = new ForwarderRequestConfig { ActivityTimeout = TimeSpan.FromMilliseconds(200) });
        app.MapPut("/limited", EchoAsync).WithRequestTimeout(TimeSpan.FromMilliseconds(200)).RequireLeadership().ForwardToLeader();
        app.MapPut("/hurried", EchoAsync).RequireLeadership()
            .ForwardToLeader(options => options.ConnectTimeout = TimeSpan.FromMilliseconds(200));
        app.MapPut("/broken", EchoAsync).RequireLeadership().ForwardToLeader(options => options.Transformer = new Broken());
    }

    private static Socket Listening()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(0);
        return listener;
    }

    /// <summary>The one connection that waits to be accepted: further ones are not answered.</summary>
    private static async Task<Socket> FillAsync(Socket listener)
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.LocalEndPoint!);
        return client;
    }

    /// <summary>Reads each request and closes the connection in order, as the system does for a process that was killed.</summary>
    private static async Task<int> CountAsync(TcpListener listener, bool once)
    {
        int count = 0;
        try
        {
            while (true)
            {
                using TcpClient connection = await listener.AcceptTcpClientAsync();
                if (once)
                    listener.Stop();
                if (await connection.GetStream().ReadAsync(new byte[4096]) > 0)
                    count++;
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            return count;
        }
    }

    private static async Task HangUpAsync(TcpListener listener)
    {
        using TcpClient connection = await listener.AcceptTcpClientAsync();
        byte[] buffer = new byte[4096];
        _ = await connection.GetStream().ReadAsync(buffer);
        connection.LingerState = new LingerOption(true, 0);
    }

    private sealed class Broken : HttpTransformer
    {
        public override ValueTask TransformRequestAsync(
            HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("Not today.");
    }
}
