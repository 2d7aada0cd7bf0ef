using LeaseElection.Hosting;
using LeaseElection.Testing.Chart;
using Microsoft.Extensions.Options;

namespace LeaseElection.Chart.Tests;

/// <summary>The chart's rules for timings are the library's: what one takes the other takes, too.</summary>
public sealed class TimingTests : IDisposable
{
    private readonly string _token = Path.GetTempFileName();

    public TimingTests() => File.WriteAllText(_token, "of-nobody");

    public void Dispose() => File.Delete(_token);

    [ChartTheory]
    [InlineData("fast", 10, 8, 2)]
    [InlineData("standard", 15, 10, 2)]
    [InlineData("tolerant", 30, 20, 5)]
    [InlineData("singleNode", 137, 107, 26)]
    public async Task Preset_HasItsTimingsAndTheLibraryTakesThem(string timing, int lease, int deadline, int retry)
    {
        RenderedChart chart = await new HelmChart { Set = [$"election.timing={timing}"] }.RenderAsync();
        await using ChartHost host = await StartAsync(chart.Environment);

        Assert.Equal(
            (lease, deadline, retry),
            (host.Options.LeaseDuration.TotalSeconds, host.Options.RenewDeadline.TotalSeconds, host.Options.RetryPeriod.TotalSeconds));
    }

    /// <summary>A name that the library renames, or a value that it no longer knows, fails here and not in somebody's cluster.</summary>
    [ChartTheory]
    [CombinationData]
    public async Task Combination_ItsEnvironment_IsTakenByTheLibrary(string combination)
    {
        RenderedChart chart = await new HelmChart { Combination = combination }.RenderAsync();
        if (combination == "sidecar")
        {
            Assert.DoesNotContain(chart.Environment.Keys, name => name.StartsWith("LeaderElection", StringComparison.Ordinal));
            return; // The library is in the sidecar there.
        }

        await using ChartHost host = await StartAsync(chart.Environment);

        Assert.Equal(chart.LeaseName, host.Options.LeaseName);
    }

    [ChartFact]
    public async Task EveryOptionOfTheChart_ReachesTheLibrary()
    {
        RenderedChart chart = await new HelmChart { Combination = "everything" }.RenderAsync();
        await using ChartHost host = await StartAsync(chart.Environment);
        LeaderElectionOptions options = host.Options;

        Assert.Equal("nightly.settlement", options.LeaseName);
        Assert.Equal(TimeSpan.FromSeconds(20), options.LeaseDuration);
        Assert.Equal(TimeSpan.FromSeconds(12.5), options.RenewDeadline);
        Assert.Equal(TimeSpan.FromSeconds(1.25), options.RetryPeriod);
        Assert.Equal(TimeSpan.FromSeconds(3), options.RenewInterval);
        Assert.Equal(TimeSpan.FromSeconds(7.5), options.StopTimeout);
        Assert.False(options.ReleaseOnStop);
        Assert.Equal(WorkEndPolicy.Restart, options.WhenWorkEnds);
        Assert.Equal(WorkOverrunPolicy.FailFast, options.WhenWorkOverruns);
        Assert.True(options.Kubernetes.PublishEvents);
        Assert.True(options.Kubernetes.LabelLeaderPod);
    }

    /// <summary>Not with all the others: a leader that releases nothing is none that this can be asked of.</summary>
    [ChartFact]
    public async Task TakeOverBackoff_ReachesTheLibrary()
    {
        await using ChartHost host = await StartAsync(
            (await new HelmChart { Set = ["election.takeOverBackoff=true"] }.RenderAsync()).Environment);

        Assert.True(host.Options.TakeOverBackoff);
    }

    [ChartTheory]
    [InlineData("00:00:01", "00:00:00.5", "00:00:00.1", "", "")]
    [InlineData("01:00:00", "00:59:59", "00:59:59", "00:29:59.500", "00:00:01")]
    [InlineData("01:00:01", "00:00:10", "00:00:02", "", "")]
    [InlineData("00:00:00", "00:00:10", "00:00:02", "", "")]
    [InlineData("00:00:15.001", "00:00:10", "00:00:02", "", "")]
    [InlineData("00:00:15", "00:00:15", "00:00:02", "", "")]
    [InlineData("00:00:15", "00:00:14.999", "00:00:02", "", "")]
    [InlineData("00:00:15", "00:00:00.2", "00:00:00.2", "", "")]
    [InlineData("00:00:15", "00:00:00.199", "00:00:00.1", "", "")]
    [InlineData("00:00:15", "00:00:10", "00:00:10", "", "")]
    [InlineData("00:00:15", "00:00:10", "00:00:10.001", "", "")]
    [InlineData("00:00:15", "00:00:10", "00:00:00", "", "")]
    [InlineData("00:00:15", "00:00:10", "00:00:00.001", "", "")]
    [InlineData("00:00:15", "00:00:10", "00:00:02", "00:00:05", "")]
    [InlineData("00:00:15", "00:00:10", "00:00:02", "00:00:05.001", "")]
    [InlineData("00:00:15", "00:00:10", "00:00:02", "00:00:00.1", "")]
    [InlineData("00:00:15", "00:00:10", "00:00:02", "00:00:00.099", "")]
    [InlineData("00:00:15", "00:00:10", "00:00:02", "", "00:00:05")]
    [InlineData("00:00:15", "00:00:10", "00:00:02", "", "00:00:05.001")]
    [InlineData("00:00:15", "00:00:10", "00:00:02", "", "00:00:00")]
    [InlineData("00:08:09", "00:08:08.09", "00:00:09.08", "00:00:08", "00:00:00.09")]
    public async Task Timings_OfAnyKind_ChartAndLibraryAgree(string lease, string deadline, string retry, string interval, string stop)
    {
        var chart = new HelmChart
        {
            Set =
            [
                "election.timing=custom", $"election.leaseDuration=\"{lease}\"", $"election.renewDeadline=\"{deadline}\"",
                $"election.retryPeriod=\"{retry}\"", $"election.renewInterval=\"{interval}\"", $"election.stopTimeout=\"{stop}\"",
            ],
        };
        var environment = new Dictionary<string, string>
        {
            ["LeaderElection__LeaseName"] = "settlement",
            ["LeaderElection__LeaseDuration"] = lease,
            ["LeaderElection__RenewDeadline"] = deadline,
            ["LeaderElection__RetryPeriod"] = retry,
        };
        if (interval.Length > 0)
            environment["LeaderElection__RenewInterval"] = interval;
        if (stop.Length > 0)
            environment["LeaderElection__StopTimeout"] = stop;

        await AssertAgreedAsync(environment, chart);
    }

    [ChartTheory]
    [InlineData("00:00:01", "00:00:00.100")]
    [InlineData("01:00:00", "00:20:00")]
    [InlineData("01:00:01", "")]
    [InlineData("00:00:00", "")]
    [InlineData("00:00:40.5", "")]
    [InlineData("00:00:30", "00:00:10.001")]
    [InlineData("00:00:30", "00:00:00.099")]
    [InlineData("", "00:00:13.333")]
    [InlineData("", "00:00:13.334")]
    public async Task TimingsOfMembers_OfAnyKind_ChartAndLibraryAgree(string lease, string interval)
    {
        var chart = new HelmChart
        {
            Set = ["members.enabled=true", $"members.leaseDuration=\"{lease}\"", $"members.renewInterval=\"{interval}\""],
        };
        var environment = new Dictionary<string, string> { ["LeaderElection__LeaseName"] = "settlement" };
        if (lease.Length > 0)
            environment["LeaderElection__Members__LeaseDuration"] = lease;
        if (interval.Length > 0)
            environment["LeaderElection__Members__RenewInterval"] = interval;

        await AssertAgreedAsync(environment, chart);
    }

    private async Task AssertAgreedAsync(IReadOnlyDictionary<string, string> environment, HelmChart chart)
    {
        Exception? library = await Record.ExceptionAsync(async () => await (await StartAsync(environment)).DisposeAsync());
        Exception? template = await Record.ExceptionAsync(chart.RenderAsync);

        Assert.True(library is null or OptionsValidationException, library?.ToString());
        Assert.True((library is null) == (template is null), $"The library says: {library?.Message}\nThe chart says: {template?.Message}");
    }

    /// <summary>Against an API server that nobody is: what matters is whether the host starts.</summary>
    private Task<ChartHost> StartAsync(IReadOnlyDictionary<string, string> environment) => ChartHost.StartAsync(
        new Dictionary<string, string>(environment)
        {
            ["POD_NAME"] = "pod-1",
            ["POD_UID"] = "uid-1",
            ["POD_NAMESPACE"] = "shop",
            ["LeaderElection__Kubernetes__ApiServer"] = "https://127.0.0.1:1",
            ["LeaderElection__Kubernetes__TokenFile"] = _token,
        },
        Path.GetDirectoryName(_token)!);
}
