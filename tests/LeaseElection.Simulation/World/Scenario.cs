using System.Globalization;
using LeaseElection.Hosting.Election;

namespace LeaseElection.Simulation;

/// <summary>What a world is like before anything goes wrong in it. All of it follows from the seed.</summary>
internal sealed record Scenario
{
    /// <summary>What a process needs to notice that it must stop, in truth: part of the stop budget.</summary>
    private static readonly TimeSpan Notice = TimeSpan.FromMilliseconds(10);

    public required int Seed { get; init; }

    public required int Nodes { get; init; }

    public required ElectorSettings Settings { get; init; }

    /// <summary>What every second node is configured with instead: an app amid a change of its settings.</summary>
    public ElectorSettings? OtherSettings { get; init; }

    /// <summary>How far the rate of a clock may be off: up to 8.3 %, as far as chrony slews.</summary>
    public double RateError { get; init; }

    /// <summary>The seconds over which wall clocks differ.</summary>
    public double WallSpread { get; init; }

    /// <summary>What a message usually takes at most, one way.</summary>
    public TimeSpan Latency { get; init; } = TimeSpan.FromMilliseconds(3);

    public UInt128 FirstVersion { get; init; } = 100;

    /// <summary>Whether resource versions are numbers.</summary>
    public bool HasNumbers { get; init; } = true;

    /// <summary>Whether a watch tells what it finds when it looks, as that of a file does, and not all that happened until then.</summary>
    public bool WatchesLook { get; init; }

    /// <summary>Whether each identity is the beginning of the next.</summary>
    public bool HasNestedIdentities { get; init; }

    /// <summary>How the electors of client-go are configured that stand for the same lease, if any do.</summary>
    public IReadOnlyList<ClientGoConfig> ClientGo { get; init; } = [];

    /// <summary>Whether the store proves that a holder is dead.</summary>
    public bool ProvesDeath { get; init; }

    /// <summary>Whether standbys look at the Pod of the holder, and take over when its container has ended.</summary>
    public bool WatchesPods { get; init; }

    /// <summary>
    /// Whether clocks are set back, also between two starts of a container. Then kubelets are never later than <see cref="KubeletLag"/>
    /// allows for: both at once is more than the library promises to bear.
    /// </summary>
    public bool SetsClocksBack { get; init; }

    /// <summary>How late a kubelet may be with what it tells.</summary>
    public TimeSpan KubeletLag { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The chance that a piece of work ends by itself.</summary>
    public double WorkEndsByItself { get; init; }

    /// <summary>The chance that the work of a term does not stop when it must.</summary>
    public double WorkDisobeys { get; init; }

    /// <summary>Whether work says notes with its lease, and people edit them.</summary>
    public bool SaysNotes { get; init; }

    /// <summary>The chance that the work of a term kills its process.</summary>
    public double WorkKills { get; init; }

    /// <summary>Whether people write what they like where take-overs are counted.</summary>
    public bool EditsTakeOvers { get; init; }

    public AnnotationFate Annotations { get; init; }

    /// <summary>Which faults there are.</summary>
    public IReadOnlyList<FaultKind> Faults { get; init; } = [];

    /// <summary>How long one fault comes after the other, on average.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>When all is made well.</summary>
    public TimeSpan HealedAt { get; init; } = TimeSpan.FromSeconds(60);

    public static Scenario Calm(int seed, int nodes = 3) => new()
    {
        Seed = seed,
        Nodes = nodes,
        Settings = ScenarioDraw.Default,
    };

    public ElectorSettings SettingsOf(int node) => node % 2 == 1 && OtherSettings is not null ? OtherSettings : Settings;

    /// <summary>
    /// How long work may take to stop once leadership is lost, so that no clocks within <see cref="RateError"/> let two terms overlap:
    /// design 2.
    /// </summary>
    public TimeSpan StopBudget(ElectorSettings settings)
    {
        TimeSpan safe = (settings.LeaseDuration * ((1 - RateError) / (1 + RateError))) - settings.RenewDeadline - Notice;
        return safe < settings.StopTimeout ? safe : settings.StopTimeout;
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"seed {Seed}: {Nodes} nodes, {Describe(Settings)}{(OtherSettings is null ? "" : " and " + Describe(OtherSettings))}, "
        + $"clock rates within {RateError:0.0%}, latency {Latency.TotalMilliseconds:0.##} ms, well from {HealedAt.TotalSeconds:0.#} s on, "
        + $"{Settings.WhenWorkEnds}/{Settings.WhenWorkOverruns}, {string.Concat(ClientGo.Select(Describe))}{(SaysNotes ? "notes, " : "")}"
        + $"{(WatchesPods ? $"pods with kubelets {KubeletLag.TotalSeconds:0} s late, " : "")}"
        + $"{(WorkKills > 0 ? $"work that kills ({WorkKills:0%}), annotations are {Annotations}, " : "")}faults: "
        + $"{string.Join(", ", Faults)}");

    private static string Describe(ClientGoConfig config) => string.Create(
        CultureInfo.InvariantCulture,
        $"client-go {config.LeaseDuration.TotalSeconds:0.##}/{config.RenewDeadline.TotalSeconds:0.##}/"
        + $"{config.RetryPeriod.TotalSeconds:0.##} s "
        + $"{(config.ReleaseOnCancel ? "with" : "without")} "
        + $"ReleaseOnCancel{(config.Times == RecordedTimes.Both ? "" : ", " + config.Times)}, ");

    private string Describe(ElectorSettings settings) => string.Create(
        CultureInfo.InvariantCulture,
        $"{settings.LeaseDuration.TotalSeconds:0.##}/{settings.RenewDeadline.TotalSeconds:0.##}/{settings.RenewInterval.TotalSeconds:0.##}/"
        + $"{settings.RetryPeriod.TotalSeconds:0.##} s with {StopBudget(settings).TotalSeconds:0.###} s to stop");
}
