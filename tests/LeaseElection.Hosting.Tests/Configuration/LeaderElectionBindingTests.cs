using LeaseElection.Hosting.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace LeaseElection.Hosting.Tests;

public class LeaderElectionBindingTests
{
    [Fact]
    public async Task StartAsync_WrongSettings_FailsWithAllOfThemInOneException()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["LeaderElection:LeasDuration"] = "00:00:30",
            ["LeaderElection:Enabled"] = "yes",
            ["LeaderElection:RetryPeriod"] = "00:00:00",
        });
        builder.Services.BindLeaderElection("", section: null);
        using IHost host = builder.Build();

        OptionsValidationException exception = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Equal(
            ["LeaderElection:Enabled", "LeaderElection:LeasDuration", "LeaderElection:RetryPeriod", "LeaderElection:LeaseName"],
            exception.Failures.Select(failure => failure.Split(' ')[0]));
    }

    [Fact]
    public void Get_MistakeInTheSharedSection_IsToldByOneElection()
    {
        BoundOptions bound = BoundOptions.FromJson(
            """
            {
              "LeaderElection": {
                "LeasDuration": "00:00:30", "RetryPeriod": "2s",
                "a": { "LeaseName": "a", "Nonsense": 1 }, "b": { "LeaseName": "b" }
              }
            }
            """).Add("a").Add("b");

        Assert.Equal(
            ["LeaderElection:LeasDuration", "LeaderElection:RetryPeriod", "LeaderElection:a:Nonsense"],
            bound.Failures("a").Select(failure => failure.Split(' ')[0]));
        Assert.Equal("b", bound.Get("b").LeaseName);
    }

    /// <summary>Each has to be mended where it is written, and elections that share it have one to mend.</summary>
    [Fact]
    public async Task StartAsync_WrongValueThatElectionsShare_IsToldOnceByTheKeyThatWasWritten()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Configuration["LeaderElection:RetryPeriod"] = "00:00:11";
        foreach (string name in new[] { "a", "b", "c" })
        {
            builder.Configuration[$"LeaderElection:{name}:LeaseName"] = name;
            builder.Services.BindLeaderElection(name, section: null);
        }

        using IHost host = builder.Build();

        OptionsValidationException exception = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Equal(
            ["LeaderElection:RetryPeriod is 00:00:11 (for a at least), but must be longer than zero and at "
                + "most RenewDeadline (00:00:10): write "
                + "\"00:00:02\"."],
            exception.Failures);
    }

    [Fact]
    public void Get_WrongValues_AreToldWhereEachIsWritten()
    {
        BoundOptions bound = BoundOptions.FromJson(
            """
            {
              "LeaderElection": {
                "RetryPeriod": "00:00:11", "LeaseNamespace": "my shop",
                "a": { "LeaseName": "a", "LeaseNamespace": "A" },
                "b": { "LeaseName": "b", "LeaseDuration": "00:00:40", "RenewDeadline": "00:00:20", "RetryPeriod": "00:00:21" },
                "c": { "LeaseName": "c", "LeaseNamespace": "shop", "LeaseDuration": "00:00:40", "RenewDeadline": "00:00:20" }
              }
            }
            """).Add("a").Add("b").Add("c");

        Assert.Equal(["LeaderElection:a:LeaseNamespace is \"A\"", "LeaderElection:RetryPeriod is 00:00:11 (for a at least)"], Starts("a"));
        Assert.Equal(
            ["LeaderElection:LeaseNamespace is \"my shop\" (for b at least)", "LeaderElection:b:RetryPeriod is 00:00:21"], Starts("b"));
        Assert.Equal("c", bound.Get("c").LeaseName);

        string[] Starts(string name) =>
            [.. bound.Failures(name).Select(failure => failure[..failure.IndexOf(", but", StringComparison.Ordinal)])];
    }

    [Fact]
    public void BindLeaderElection_Twice_IsOneElection()
    {
        var services = new ServiceCollection();
        IConfiguration section = new ConfigurationBuilder().Build().GetSection("LeaderElection");

        LeaderElectionRegistration first = services.BindLeaderElection("", section: null);

        Assert.Same(first, services.BindLeaderElection("", section: null));
        Assert.Same(first, services.BindLeaderElection("", section));
        Assert.Single(services.BuildServiceProvider().GetServices<LeaderElectionRegistration>());
    }

    [Fact]
    public void BindLeaderElection_TwiceWithDifferentSections_IsRefused()
    {
        var services = new ServiceCollection();
        IConfiguration configuration = new ConfigurationBuilder().Build();
        services.BindLeaderElection("shop", configuration.GetSection("A"));

        var exception = Assert.Throws<InvalidOperationException>(() => services.BindLeaderElection("shop", configuration.GetSection("B")));

        Assert.Equal(
            "The election \"shop\" is bound to the section A already, and the election cannot be bound to B too. Give the second one a "
            + "name of its own.",
            exception.Message);
    }

    [Fact]
    public void BindLeaderElection_WholeConfiguration_IsRefused()
    {
        var exception = Assert.Throws<ArgumentException>(
            () => new ServiceCollection().BindLeaderElection("", new ConfigurationManager()));

        Assert.StartsWith(
            "Pass a section, for example configuration.GetSection(\"LeaderElection\")", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kubernetes")]
    [InlineData("LeaseName")]
    [InlineData("a:b")]
    [InlineData("a__b")]
    [InlineData(" ")]
    public void BindLeaderElection_NameThatIsNoSection_IsRefused(string name)
    {
        var exception = Assert.Throws<ArgumentException>(() => new ServiceCollection().BindLeaderElection(name, section: null));

        Assert.StartsWith($"An election cannot be named \"{name}\"", exception.Message, StringComparison.Ordinal);
    }
}
