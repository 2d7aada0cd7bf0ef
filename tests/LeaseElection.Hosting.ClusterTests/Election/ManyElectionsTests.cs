using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Election;
using LeaseElection.Testing.Logging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.ClusterTests.Election;

/// <summary>Many elections in one process: they share a connection, and a watch where the rights allow it.</summary>
[Collection(ApiServerFixture.Collection)]
public sealed class ManyElectionsTests(ApiServerFixture fixture)
{
    private const int Count = 40;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly string[] Names =
    [
        .. Enumerable.Range(0, Count).Select(i => string.Create(CultureInfo.InvariantCulture, $"orders-{i}"))
    ];

    private RealApiServer Server => fixture.Server;

    [ApiServerTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ManyElections_HostStops_AllLedByTheOther(bool ofAllLeases)
    {
        string leaseNamespace = await Server.CreateNamespaceAsync();
        ApiServerUser user = ofAllLeases
            ? await Server.CreateUserAsync(leaseNamespace, PolicyRule.Leases("get", "create", "update", "watch"))
            : await Server.CreateUserAsync(
                leaseNamespace, PolicyRule.Leases("create"), PolicyRule.Leases("get", "update", "watch") with { ResourceNames = Names });
        var logs = new ListLoggerProvider();
        double watches = await HandOverAsync(() => Build(leaseNamespace, user, logs));

        if (ofAllLeases)
        {
            Assert.Empty(logs.Named("NamespaceNotWatched"));
            Assert.InRange(watches, 0, Count / 2);
        }
        else
        {
            LogEntry told = logs.Named("NamespaceNotWatched")[0];
            Assert.Equal(LogLevel.Information, told.Level);
            Assert.Contains("resourceNames", told.Message, StringComparison.Ordinal);
        }
        Assert.DoesNotContain(
            logs.Entries, entry => entry.Level >= LogLevel.Warning && entry.Category.StartsWith("LeaseElection", StringComparison.Ordinal));
    }

    /// <summary>
    /// Each had a connection of its own, and above eight a watch on all leases, on which it gave up because of those of the others.
    /// </summary>
    [ApiServerFact]
    public async Task ManyElections_OverTheConnectionThatOneFunctionDescribes_ShareItAndItsWatch()
    {
        string leaseNamespace = await Server.CreateNamespaceAsync();
        ApiServerUser user = await Server.CreateUserAsync(leaseNamespace, PolicyRule.Leases("get", "create", "update", "watch"));
        var logs = new ListLoggerProvider();
        int asked = 0;
        ValueTask<KubernetesApiConnection?> Describe()
        {
            asked++;
            return new(new KubernetesApiConnection
            {
                Server = Server.Url,
                Namespace = leaseNamespace,
                CertificateAuthorities = [X509Certificate2.CreateFromPem(Server.CertificateAuthorityPem)],
                Authorize = _ => new(new AuthenticationHeaderValue("Bearer", user.Token)),
            });
        }

        double watches = await HandOverAsync(() => BuildDescribed(Describe, logs));

        Assert.Equal(2, asked); // Once in each host.
        Assert.Empty(logs.Named("NamespaceNotWatched"));
        Assert.InRange(watches, 0, Count / 2);
    }

    /// <summary>All elections of one host lead, and then those of another.</summary>
    /// <returns>How many watches have ended from when the second host began.</returns>
    private async Task<double> HandOverAsync(Func<IHost> build)
    {
        using IHost first = build();
        await first.StartAsync();
        await EachAsync(first, election => election.WaitForLeadershipAsync().WaitAsync(Patience));
        double watches = await WatchesAsync();

        using IHost second = build();
        await second.StartAsync();
        await EachAsync(second, election => election.UntilAsync(status => status.HolderIdentity is not null, Patience));
        await first.StopAsync();
        await EachAsync(second, election => election.WaitForLeadershipAsync().WaitAsync(Patience));
        await second.StopAsync();
        return await WatchesAsync() - watches;
    }

    private static IHost BuildDescribed(Func<ValueTask<KubernetesApiConnection?>> describe, ListLoggerProvider logs)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddProvider(logs).SetMinimumLevel(LogLevel.Debug);
        foreach (string name in Names)
        {
            builder.Services
                .AddLeaderElection(name, options => options.LeaseName = name)
                .UseKubernetesConnection("UseVault()", (_, _) => describe());
        }

        return builder.Build();
    }

    private IHost Build(string leaseNamespace, ApiServerUser user, ListLoggerProvider logs)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddProvider(logs).SetMinimumLevel(LogLevel.Debug);
        foreach (string name in Names)
        {
            builder.Services.AddLeaderElection(name, options =>
            {
                options.LeaseName = name;
                options.LeaseNamespace = leaseNamespace;
                options.Kubernetes.ApiServer = Server.Url.ToString();
                options.Kubernetes.TokenFile = user.TokenFile;
                options.Kubernetes.CertificateAuthorityFile = Server.CertificateAuthorityFile;
            });
        }

        return builder.Build();
    }

    /// <summary>Of leases, that have ended: the API server counts a watch at its end.</summary>
    private async Task<double> WatchesAsync() => (await Server.CountLeaseRequestsAsync()).GetValueOrDefault("WATCH");

    private static Task EachAsync(IHost host, Func<ILeaderElection, Task> wait) =>
        Task.WhenAll(Names.Select(name => wait(host.Services.GetRequiredKeyedService<ILeaderElection>(name))));
}
