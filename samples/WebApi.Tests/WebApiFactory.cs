using LeaseElection.Hosting.Testing;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace WebApi.Tests;

/// <summary>The app as it is, with an election that the test commands. Replicas of one test share the leases.</summary>
public sealed class WebApiFactory(InMemoryLeases leases) : WebApplicationFactory<Program>
{
    public WebApiFactory()
        : this(new InMemoryLeases())
    {
    }

    /// <summary>Starts the app if it does not run yet.</summary>
    public FakeLeaderElection Election => Services.GetRequiredService<FakeLeaderElection>();

    protected override void ConfigureWebHost(IWebHostBuilder builder) =>
        builder.ConfigureTestServices(services => services.AddFakeLeaderElection(leases));
}
