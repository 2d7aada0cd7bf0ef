using System.Net;
using LeaseElection.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LeaseElection.Hosting.Testing.Tests;

/// <summary>What stands in for the network of an election, without the kit.</summary>
public sealed class CreateHandlerTests
{
    [Fact]
    public async Task CreateHandler_EveryHandler_GetsTheElectionsRequestsAndIsDisposedOf()
    {
        var network = new Network();
        HostApplicationBuilder builder = FakeReplica.NewBuilder("Production", ("LeaderElection:LeaseName", "app"));
        builder.Services.AddLeaderElection().UseKubernetesConnection("the test", (_, _) => new(new KubernetesApiConnection
        {
            Server = new Uri("https://nowhere.invalid/gateway"),
            Namespace = "shop",
            ConfigureHandler = _ => throw new InvalidOperationException("There are no sockets to configure."),
            CreateHandler = network.NewHandler,
        }));
        using (IHost host = builder.Build())
        {
            await host.StartAsync();
            Uri asked = await network.Asked.Task.WaitAsync(Signal.Patience);
            Assert.Equal("/gateway/apis/coordination.k8s.io/v1/namespaces/shop/leases/app", asked.AbsolutePath);
            await host.StopAsync();
        }

        Assert.Equal((0, true), (network.Open, network.Made > 0));
    }

    private sealed class Network
    {
        private int _made;
        private int _open;

        public TaskCompletionSource<Uri> Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Made => _made;

        public int Open => Volatile.Read(ref _open);

        public HttpMessageHandler NewHandler()
        {
            Interlocked.Increment(ref _made);
            Interlocked.Increment(ref _open);
            return new Handler(this);
        }

        private sealed class Handler(Network network) : HttpMessageHandler
        {
            protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            {
                network.Asked.TrySetResult(request.RequestUri!);
                return Task.FromResult(new HttpResponseMessage(HttpStatusCode.ServiceUnavailable));
            }

            protected override void Dispose(bool disposing)
            {
                Interlocked.Decrement(ref network._open);
                base.Dispose(disposing);
            }
        }
    }
}
