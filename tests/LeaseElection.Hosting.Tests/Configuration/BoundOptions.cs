using System.Text;
using LeaseElection.Hosting.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LeaseElection.Hosting.Tests;

/// <summary>The options as a host with this configuration sees them, without the host.</summary>
internal sealed class BoundOptions
{
    private readonly ServiceCollection _services = new();
    private readonly Lazy<IOptionsMonitor<LeaderElectionOptions>> _monitor;

    private BoundOptions(IConfiguration? configuration)
    {
        if (configuration is not null)
            _services.AddSingleton(configuration);
        _monitor = new(() => _services.BuildServiceProvider().GetRequiredService<IOptionsMonitor<LeaderElectionOptions>>());
    }

    public static BoundOptions Empty() => new(configuration: null);

    public static BoundOptions From(IConfiguration configuration) => new(configuration);

    public static BoundOptions FromJson(string json) => new(Json(json));

    public static IConfiguration Json(string json) =>
        new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build();

    public BoundOptions Add(string name = "", IConfiguration? section = null)
    {
        _services.BindLeaderElection(name, section);
        return this;
    }

    public BoundOptions AddPartitionedWork(string work, int? count, string name = "")
    {
        _services.AddSingleton(new PartitionedWorkClaim(name, work, count));
        return this;
    }

    public BoundOptions Configure(string name, Action<LeaderElectionOptions> configure)
    {
        _services.Configure(name, configure);
        return this;
    }

    public LeaderElectionOptions Get(string name = "") => _monitor.Value.Get(name);

    public string[] Failures(string name = "") =>
        [.. Assert.Throws<OptionsValidationException>(() => Get(name)).Failures];
}
