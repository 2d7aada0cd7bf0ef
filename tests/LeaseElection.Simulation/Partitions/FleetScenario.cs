using System.Globalization;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Election.Partitions;

namespace LeaseElection.Simulation;

/// <summary>What a fleet is like that shares partitions out. All of it follows from the seed.</summary>
internal sealed record FleetScenario
{
    public static readonly TimeSpan PresenceDuration = TimeSpan.FromSeconds(40);
    public static readonly TimeSpan PresenceInterval = TimeSpan.FromSeconds(10);

    public required int Seed { get; init; }

    public required int Replicas { get; init; }

    public required int Partitions { get; init; }

    /// <summary>What versions of the app after the first are configured for.</summary>
    public int OtherPartitions { get; init; }

    public required ElectorSettings Settings { get; init; }

    public TimeSpan MoveAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long work takes to drain, at most, by its process's clock.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(1);

    public double RateError { get; init; }

    public TimeSpan Latency { get; init; } = TimeSpan.FromMilliseconds(3);

    /// <summary>
    /// Whether nothing happens but what operators do, one thing after the other has settled. Only there can moves be counted against what
    /// each needs.
    /// </summary>
    public bool IsOrderly { get; init; }

    public IReadOnlyList<FleetFault> Faults { get; init; } = [];

    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>When all is made well.</summary>
    public TimeSpan HealedAt { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The partitions that nobody can own, from the first start to the last exit.</summary>
    public IReadOnlyList<int> Stuck { get; init; } = [];

    /// <summary>Why not: their work faults wherever it runs. Else nobody may write their leases.</summary>
    public bool IsStuckByWork { get; init; }

    public int LeastPartitions => Math.Min(Partitions, OtherPartitions);

    public int MostPartitions => Math.Max(Partitions, OtherPartitions);

    /// <summary>As <see cref="Scenario.StopBudget"/>.</summary>
    public TimeSpan StopBudget
    {
        get
        {
            TimeSpan safe = (Settings.LeaseDuration * ((1 - RateError) / (1 + RateError))) - Settings.RenewDeadline
                - TimeSpan.FromMilliseconds(10);
            return safe < Settings.StopTimeout ? safe : Settings.StopTimeout;
        }
    }

    public PartitionKeeperSettings KeeperSettings(ElectorSettings settings, int count) =>
        PartitionKeeperSettings.Of(settings, count, MoveAfter, PresenceInterval);

    public static ElectorSettings Pace(ElectorSettings settings) =>
        PartitionPace.Of(settings with { LeaseDuration = PresenceDuration, RenewInterval = PresenceInterval }, settings);

    public bool IsRefused(int index) => !IsStuckByWork && Stuck.Contains(index);

    public bool FaultsEverywhere(int index) => IsStuckByWork && Stuck.Contains(index);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"seed {Seed}: {Replicas} replicas, {Partitions}{(OtherPartitions == Partitions ? "" : $" or {OtherPartitions}")} partitions, "
        + $"{Settings.LeaseDuration.TotalSeconds:0.##}/{Settings.RenewDeadline.TotalSeconds:0.##}/"
        + $"{Settings.RenewInterval.TotalSeconds:0.##}/{Settings.RetryPeriod.TotalSeconds:0.##} s, moves after "
        + $"{MoveAfter.TotalSeconds:0.##} s, "
        + $"drains in {Drain.TotalSeconds:0.##} s, "
        + $"clock rates within {RateError:0.0%}, latency {Latency.TotalMilliseconds:0.##} ms, "
        + $"{(Stuck.Count == 0 ? "" : $"nobody can own {string.Join(' ', Stuck)}{(IsStuckByWork ? " by their work" : "")}, ")}"
        + $"{(IsOrderly ? "orderly: " : $"well from {HealedAt.TotalSeconds:0.#} s on, faults: ")}{string.Join(", ", Faults)}");
}
