using LeaseElection.Hosting;

namespace LeaseElection.Sidecar.Flags;

/// <summary>What the flags and variables say.</summary>
internal sealed class SidecarOptions
{
    /// <summary>
    /// What must be over before another may lead: stopping the command, with a tenth of the lease in hand for SIGKILL and for clocks.
    /// </summary>
    private const double UsablePart = 0.9;

    public string Election { get; set; } = "";

    public string? Id { get; set; }

    public string? ElectionNamespace { get; set; }

    public TimeSpan Ttl { get; set; } = TimeSpan.FromSeconds(10);

    public TimeSpan? RenewDeadline { get; set; }

    public TimeSpan? Grace { get; set; }

    public TimeSpan? StopTimeout { get; set; }

    /// <summary><see langword="null"/>: no HTTP.</summary>
    public ListenAddress? Http { get; set; }

    public bool UseClusterCredentials { get; set; }

    public string? KubeConfig { get; set; }

    public string? Context { get; set; }

    public LeaseStoreKind Store { get; set; } = LeaseStoreKind.Kubernetes;

    public string? StoreDirectory { get; set; }

    public bool Events { get; set; }

    public bool LabelPod { get; set; }

    public bool Version { get; set; }

    public bool Help { get; set; }

    /// <summary>The command and its arguments; empty: none.</summary>
    public IReadOnlyList<string> Command { get; set; } = [];

    /// <summary>Two thirds of the lease, in whole milliseconds.</summary>
    public TimeSpan EffectiveRenewDeadline => RenewDeadline ?? TimeSpan.FromMilliseconds(Math.Floor(Ttl.TotalMilliseconds * 2 / 3));

    /// <summary>Within the 30 s that a Pod has by default, with the release.</summary>
    public TimeSpan EffectiveGrace => Grace ?? TimeSpan.FromSeconds(20);

    public TimeSpan EffectiveStopTimeout => StopTimeout ?? LongestStopTimeout;

    /// <summary>Zero or less where the deadline leaves none.</summary>
    public TimeSpan LongestStopTimeout => (Ttl * UsablePart) - EffectiveRenewDeadline;
}
