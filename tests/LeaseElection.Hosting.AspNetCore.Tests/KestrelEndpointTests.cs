using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;

namespace LeaseElection.Hosting.AspNetCore.Tests;

/// <summary>Which of the addresses that a server listens at others can ask.</summary>
public sealed class KestrelEndpointTests
{
    private const string Way =
        "In a Pod set it by the downward API (fieldPath: status.podIP); elsewhere say the address: PublishEndpoint(uri).";

    [Theory]
    [InlineData("http://10.0.0.7:8080", null, "http://10.0.0.7:8080/")]
    [InlineData("http://localhost:5000", null, "http://localhost:5000/")]
    [InlineData("http://[2001:db8::7]:8080", null, "http://[2001:db8::7]:8080/")]
    [InlineData("http://0.0.0.0:8080", "10.0.0.7", "http://10.0.0.7:8080/")]
    [InlineData("http://[::]:8080", "10.0.0.7", "http://10.0.0.7:8080/")]
    [InlineData("http://[::]:8080", "2001:db8::7", "http://[2001:db8::7]:8080/")]
    [InlineData("http://+:80", "10.0.0.7", "http://10.0.0.7/")]
    [InlineData("http://*:80", "10.0.0.7", "http://10.0.0.7/")]
    [InlineData("https://[::]:8443", "10.0.0.7", "https://10.0.0.7:8443/")]
    [InlineData("https://[::]:8443 http://[::]:8080", "10.0.0.7", "http://10.0.0.7:8080/")]
    [InlineData("http://unix:/run/app.sock http://[::]:8080", "10.0.0.7", "http://10.0.0.7:8080/")]
    public void Address_ThatOthersReach_IsTaken(string listens, string? podAddress, string expected) =>
        Assert.Equal(expected, KestrelEndpoint.Of(new ListeningServer(listens.Split(' ')), podAddress, isDevelopment: false)?.AbsoluteUri);

    [Theory]
    [InlineData("http://[::]:8080", null, "The server listens at http://[::]:8080, which is all "
        + "addresses of this machine, and the variable POD_IP "
        + "is not set. " + Way)]
    [InlineData("http://[::]:8080", "here", "The server listens at http://[::]:8080, which is all "
        + "addresses of this machine, and the variable POD_IP "
        + "is \"here\", which is no IP address. " + Way)]
    [InlineData("http://unix:/run/app.sock", "10.0.0.7", "The server listens at "
        + "http://unix:/run/app.sock, where no other machine connects. Say the "
        + "address: PublishEndpoint(uri).")]
    public void Address_ThatNobodyReaches_IsRefused(string listens, string? podAddress, string expected) => Assert.Equal(
        expected, Assert.Throws<InvalidOperationException>(
            () => KestrelEndpoint.Of(new ListeningServer(listens), podAddress, isDevelopment: false)).Message);

    [Theory]
    [InlineData(null, "http://127.0.0.1:8080/")]
    [InlineData("", "http://127.0.0.1:8080/")]
    [InlineData("10.0.0.7", "http://10.0.0.7:8080/")]
    public void AllAddressesInDevelopment_AreThisMachine(string? podAddress, string expected) =>
        Assert.Equal(expected, KestrelEndpoint.Of(new ListeningServer("http://[::]:8080"), podAddress, isDevelopment: true)?.AbsoluteUri);

    [Fact]
    public void ServerWithoutAddresses_HasNone()
    {
        Assert.Null(KestrelEndpoint.Of(null, "10.0.0.7", isDevelopment: false));
        Assert.Null(KestrelEndpoint.Of(new ListeningServer(), "10.0.0.7", isDevelopment: true));
    }

    private sealed class ListeningServer : IServer
    {
        public ListeningServer(params string[] addresses)
        {
            var feature = new ServerAddressesFeature();
            foreach (string address in addresses)
                feature.Addresses.Add(address);
            Features.Set<IServerAddressesFeature>(feature);
        }

        public IFeatureCollection Features { get; } = new FeatureCollection();

        public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
            where TContext : notnull => throw new NotSupportedException();

        public Task StopAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
