namespace LeaseElection.Hosting;

/// <summary>
/// The settings of one election: section <c>LeaderElection</c> of the configuration, or <c>LeaderElection:{name}</c> over it for a
/// named one. Checked when the host starts and fixed from then on. Durations are written with all three parts, <c>"00:00:15"</c>:
/// <c>15</c> and <c>00:15</c>, which .NET reads as days and as minutes, are refused.
/// </summary>
public sealed class LeaderElectionOptions
{
    /// <summary>The configuration section that <c>AddLeaderElection()</c> binds.</summary>
    public const string SectionName = "LeaderElection";

    /// <summary>
    /// The key under which <c>AddLeaderElection()</c> looks for a <see cref="TimeProvider"/>: for a test of the election itself, with a
    /// clock that the test moves.
    /// <code>services.AddKeyedSingleton&lt;TimeProvider&gt;(LeaderElectionOptions.TimeProviderKey, clock);</code>
    /// </summary>
    /// <remarks>
    /// Without one, or with <see cref="TimeProvider.System"/>, elections run by a clock that counts the time a machine is suspended. The
    /// app's own <see cref="TimeProvider"/>, which has no key, is never used: a business date, or a clock that stands still in
    /// staging, must not decide when a lease is renewed.
    /// </remarks>
    public const string TimeProviderKey = "LeaseElection.Hosting.TimeProvider";

    /// <summary>The name of the lease that the replicas compete for: the same for all of them, and for nobody else.</summary>
    /// <value>
    /// Required. A Kubernetes object name: lower-case letters, digits, <c>-</c> and <c>.</c>, at most 253 characters (RFC 1123).
    /// </value>
    public string? LeaseName { get; set; }

    /// <summary>The namespace of the lease.</summary>
    /// <value>
    /// Default: the variable <c>POD_NAMESPACE</c>, then the namespace file of the service account, then the namespace of the kubeconfig
    /// context. An RFC 1123 label, at most 63 characters.
    /// </value>
    public string? LeaseNamespace { get; set; }

    /// <summary>What this process is called as holder of the lease.</summary>
    /// <value>
    /// Default: <c>POD_NAME</c> or the host name, <c>_</c>, and eight random characters, new for each process. Two processes with the
    /// same identity step each other down, so set it only if something else makes it unique. Not blank.
    /// </value>
    public string? Identity { get; set; }

    /// <summary>
    /// How long the others wait after the last renewal that they received, before one of them takes over. It bounds the time without a
    /// leader after a crash.
    /// </summary>
    /// <value>Default 15 seconds. Whole seconds, 1 second to 1 hour.</value>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long a term is valid without a further renewal, measured from the instant before the last successful renewal was
    /// <em>sent</em>. Work is told to stop then.
    /// </summary>
    /// <value>
    /// Default 10 seconds. At least 200 milliseconds and less than <see cref="LeaseDuration"/>; the difference must be at least
    /// <see cref="StopTimeout"/>: it is the time in which work stops before anybody else may start, and the room for clocks that run at
    /// different rates.
    /// </value>
    public TimeSpan RenewDeadline { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the leader renews, measured from one request to the next.</summary>
    /// <value>
    /// Default: a fifth of <see cref="LeaseDuration"/> but at least one second, or half of <see cref="RenewDeadline"/> if that is shorter.
    /// At least 100 milliseconds, and at most half of <see cref="RenewDeadline"/>, so that one failed attempt never costs the term.
    /// Below a second the times in the lease run ahead of the clock, so that client-go, which sees whole seconds, sees each renewal.
    /// </value>
    public TimeSpan? RenewInterval { get; set; }

    /// <summary>The slowest pace of retries after failures, and of polling where the lease cannot be watched.</summary>
    /// <value>Default 2 seconds. Longer than zero, at most <see cref="RenewDeadline"/>.</value>
    public TimeSpan RetryPeriod { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long work may take to stop after leadership was <em>lost</em>. While the lease is still held (a shutdown, a step-down) work
    /// may take as long as the host's <c>ShutdownTimeout</c>, because the lease is renewed meanwhile.
    /// </summary>
    /// <value>
    /// Default: <see cref="LeaseDuration"/> - <see cref="RenewDeadline"/>, which is also the most it can be: after it another process may
    /// lead. Longer than zero.
    /// </value>
    public TimeSpan? StopTimeout { get; set; }

    /// <summary>
    /// Whether a host that stops gives the lease up once its work has ended, so that another leads within milliseconds. Otherwise the
    /// others wait for <see cref="LeaseDuration"/>.
    /// </summary>
    /// <value>Default <see langword="true"/>.</value>
    public bool ReleaseOnStop { get; set; } = true;

    /// <summary>
    /// Whether work that seems to kill its leaders is slowed down: from the third take-over in a row on from a leader that gave nothing up
    /// (it crashed, was killed, or was cut off), the next one waits for another <see cref="LeaseDuration"/>, then two, four and so on, for
    /// 5 minutes at most. A graceful stop, a step-down, or a term that lasts for ten leases ends the row. They are counted and told of in
    /// any case.
    /// </summary>
    /// <value>
    /// Default <see langword="false"/>. Not together with <see cref="ReleaseOnStop"/> off, because a stop cannot be told from a crash
    /// there; of no effect where the lease is kept in a file, since stopping a debugger is a crash too, and for partitions.
    /// </value>
    public bool TakeOverBackoff { get; set; }

    /// <summary>What happens when work ends although leadership is held.</summary>
    /// <value>Default <see cref="WorkEndPolicy.Default"/>: step down after a fault, stay leader after a normal return.</value>
    public WorkEndPolicy WhenWorkEnds { get; set; }

    /// <summary>What happens when work still runs although another process may lead already.</summary>
    /// <value>Default <see cref="WorkOverrunPolicy.StopHost"/>.</value>
    public WorkOverrunPolicy WhenWorkOverruns { get; set; }

    /// <summary>Where the lease is kept.</summary>
    /// <value>
    /// Default <see cref="LeaseStoreKind.Auto"/>: Kubernetes in a pod, or with an explicit API server or kubeconfig; else a file, but only
    /// in the Development environment; else starting fails with a list of what was tried.
    /// </value>
    public LeaseStoreKind Store { get; set; }

    /// <summary>
    /// <see langword="false"/>: no lease at all, this process leads for as long as it runs. For a debugger, whose breakpoints would cost
    /// the lease, or for a single instance.
    /// </summary>
    /// <value>Default <see langword="true"/>.</value>
    public bool Enabled { get; set; } = true;

    /// <summary>How to reach the API server. Nothing needs to be set inside a pod.</summary>
    public KubernetesStoreOptions Kubernetes { get; set; } = new();

    /// <summary>The settings of the file store.</summary>
    public FileStoreOptions File { get; set; } = new();

    /// <summary>How replicas show that they are here. Of no effect without <see cref="LeaderElectionBuilder.AddMembers"/>.</summary>
    public MemberOptions Members { get; set; } = new();

    /// <summary>The settings of partitioned work. Of no effect without <c>AddPartitionedWork</c>.</summary>
    public PartitionOptions Partitions { get; set; } = new();

    /// <summary>The keys of what a configuration said in words that could not be read, and which is as it was before.</summary>
    internal HashSet<string> Misread { get; } = [];

    /// <summary>
    /// The keys of what a named election takes over from the section <c>LeaderElection</c>: there a mistake is to be mended.
    /// </summary>
    internal HashSet<string> Inherited { get; } = [];
}
