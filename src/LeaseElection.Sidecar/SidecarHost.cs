using LeaseElection.Hosting;
using LeaseElection.Hosting.Configuration;
using LeaseElection.Sidecar.Exec;
using LeaseElection.Sidecar.Flags;
using LeaseElection.Sidecar.Http;
using LeaseElection.Sidecar.Logging;
using LeaseElection.Sidecar.Metrics;
using LeaseElection.Sidecar.Naming;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Sidecar;

/// <summary>Puts the host together: the election of the library, and what the flags ask for around it.</summary>
internal static class SidecarHost
{
    /// <summary>What the host has beyond the grace of the command: for the release, and for readers of events.</summary>
    private static readonly TimeSpan ShutdownReserve = TimeSpan.FromSeconds(5);

    /// <summary>Neither configuration files nor variables of .NET: flags and their variables say everything.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The name in <c>--http</c> is not known.</exception>
    public static IHost Build(SidecarOptions options)
    {
        if (options.Http is not { } address)
        {
            HostApplicationBuilder plain = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
            Add(plain, options);
            return plain.Build();
        }

        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        Add(builder, options);
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<PrometheusCollector>();
        builder.Services.AddSingleton<PrometheusEndpoint>();
        ListenPlan plan = address.Resolve();
        builder.Services.AddSingleton(plan);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Listen(kestrel, plan));
        WebApplication app = builder.Build();
        app.MapSidecar();
        return app;
    }

    /// <summary>Where it serves HTTP, with the port that a port of 0 became.</summary>
    public static string AddressesOf(IHost host) =>
        string.Join(", ", host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses);

    private static void Add(IHostApplicationBuilder builder, SidecarOptions options)
    {
        IServiceCollection services = builder.Services;
        services.AddSingleton(options);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(Cluster.EnvironmentFor(options, ProcessEnvironment.Current));
        services.AddSingleton<ShownName>();
        services.AddSingleton<CommandExit>();
        services.AddSingleton<CommandSignals>();
        services.AddSingleton<IHostLifetime, SidecarLifetime>();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout(options));
        builder.Logging.AddProvider(new StderrLoggerProvider(TimeProvider.System));
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None); // What keeps a host from starting is told by Program.
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None); // At every probe, what was told once.

        LeaderElectionBuilder election = services.AddLeaderElection(library => Configure(library, options));
        if (options.Command.Count > 0)
            election.AddWork<CommandWork>();
        else
            services.AddHostedService<LeaderPrinter>();
    }

    /// <summary>
    /// As long as the command may take to stop. With a long lease that is longer once it is lost: the library warns of a host that leaves
    /// less, which nobody who starts a sidecar could mend.
    /// </summary>
    private static TimeSpan ShutdownTimeout(SidecarOptions options)
    {
        TimeSpan onceLost = options.Ttl - options.EffectiveRenewDeadline;
        return (options.EffectiveGrace > onceLost ? options.EffectiveGrace : onceLost) + ShutdownReserve;
    }

    private static void Configure(LeaderElectionOptions library, SidecarOptions options)
    {
        library.LeaseName = options.Election;
        library.LeaseNamespace = options.ElectionNamespace;
        library.Identity = options.Id;
        library.LeaseDuration = options.Ttl;
        library.RenewDeadline = options.EffectiveRenewDeadline;
        TimeSpan retry = options.Ttl / 5;
        library.RetryPeriod = retry < options.EffectiveRenewDeadline ? retry : options.EffectiveRenewDeadline;
        library.Store = options.Store;
        library.Kubernetes.KubeConfig = options.KubeConfig;
        library.Kubernetes.Context = options.Context;
        library.Kubernetes.PublishEvents = options.Events;
        library.Kubernetes.LabelLeaderPod = options.LabelPod;
        library.File.Directory = options.StoreDirectory;
    }

    private static void Listen(KestrelServerOptions kestrel, ListenPlan plan)
    {
        kestrel.AddServerHeader = false;
        foreach (System.Net.IPEndPoint endPoint in plan.EndPoints)
            kestrel.Listen(endPoint);
    }
}
