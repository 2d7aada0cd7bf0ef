using LeaseElection.Hosting.Election;
using LeaseElection.Testing.Election;

namespace LeaseElection.Hosting.Tests.Election;

/// <summary>The one promise (design 2): the work of two terms never overlaps, whatever the network and the clocks do.</summary>
public class ElectorPairTests
{
    private const double Hour = 3600;

    /// <summary>With clocks that are off by 8 % either way, D/(1-rho) + G &lt;= L/(1+rho) leaves work about 2.7 s to stop.</summary>
    private static readonly ElectorSettings Settings = ElectorDriver.Defaults with { StopTimeout = TimeSpan.FromSeconds(2.5) };

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 50)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void WorkNeverOverlaps(int seed)
    {
        var pair = new ElectorPair(seed, Settings);

        pair.Run(4 * Hour);

        Assert.Null(pair.OverlapAt);
        Assert.InRange(pair.Terms, 100, 3000);
    }

    /// <summary>A model that finds nothing proves nothing: it must find what is wrong with settings that no validator lets pass.</summary>
    [Fact]
    public void SettingsThatBreakTheInequality_AreCaught()
    {
        ElectorSettings unsafeSettings = Settings with { RenewDeadline = TimeSpan.FromSeconds(14) };

        Assert.Contains(Enumerable.Range(1, 50), seed =>
        {
            var pair = new ElectorPair(seed, unsafeSettings);
            pair.Run(4 * Hour);
            return pair.OverlapAt is not null;
        });
    }
}
