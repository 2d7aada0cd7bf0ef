using LeaseElection.Sidecar.Flags;
using LeaseElection.Testing.Chart;
using static LeaseElection.Sidecar.Tests.Flags.FlagParserTests;

namespace LeaseElection.Sidecar.Tests.Flags;

/// <summary>The chart's rules for the timings of the sidecar are those of its flags: what one takes the other takes, too.</summary>
public sealed class ChartTimingTests
{
    [ChartTheory]
    [InlineData("00:00:01", "00:00:00.5")]
    [InlineData("01:00:00", "00:59:59.999")]
    [InlineData("01:00:01", "00:00:10")]
    [InlineData("00:00:00", "00:00:10")]
    [InlineData("00:00:15.001", "00:00:10")]
    [InlineData("00:00:15", "00:00:15")]
    [InlineData("00:00:15", "00:00:14.999")]
    [InlineData("00:00:15", "00:00:01.5")] // Less than a fifth of the lease.
    [InlineData("00:00:15", "00:00:00.2")]
    [InlineData("00:00:15", "00:00:00.199")]
    public async Task Timings_OfAnyKind_ChartAndFlagsAgree(string lease, string deadline)
    {
        TimeSpan ttl = TimeSpan.Parse(lease, System.Globalization.CultureInfo.InvariantCulture);
        TimeSpan renew = TimeSpan.Parse(deadline, System.Globalization.CultureInfo.InvariantCulture);
        var chart = new HelmChart
        {
            Combination = "sidecar",
            Set = ["election.timing=custom", $"election.leaseDuration=\"{lease}\"", $"election.renewDeadline=\"{deadline}\""],
        };

        Exception? flags = Record.Exception(
            () => Parse("--election=a", $"--ttl={GoDuration.Format(ttl)}", $"--renew-deadline={GoDuration.Format(renew)}"));
        RenderedChart? rendered = null;
        Exception? template = await Record.ExceptionAsync(async () => rendered = await chart.RenderAsync());

        Assert.True(flags is null or SidecarException, flags?.ToString());
        Assert.True((flags is null) == (template is null), $"The sidecar says: {flags?.Message}\nThe chart says: {template?.Message}");
        if (rendered is not null)
        {
            SidecarOptions options = OptionsOf(rendered);
            Assert.Equal((ttl, renew), (options.Ttl, options.EffectiveRenewDeadline));
        }
    }

    /// <summary>Not two thirds of the lease, which the sidecar takes by itself.</summary>
    [ChartTheory]
    [InlineData("fast", 10, 8)]
    [InlineData("standard", 15, 10)]
    [InlineData("tolerant", 30, 20)]
    [InlineData("singleNode", 137, 107)]
    public async Task Preset_HasItsTimingsInTheSidecar(string timing, int lease, int deadline)
    {
        SidecarOptions options = OptionsOf(
            await new HelmChart { Combination = "sidecar", Set = [$"election.timing={timing}"] }.RenderAsync());

        Assert.Equal((lease, deadline), (options.Ttl.TotalSeconds, options.EffectiveRenewDeadline.TotalSeconds));
    }

    private static SidecarOptions OptionsOf(RenderedChart chart) => Parse(
    [
        .. chart.Sidecar!["args"]!.AsArray().Select(
            argument => ((string)argument!).Replace("$(POD_NAMESPACE)", "shop", StringComparison.Ordinal))
    ]);
}
