using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Proxy;

namespace LeaseElection.Hosting.ClusterTests.Faults;

/// <summary>What is special about a replica.</summary>
internal sealed record FaultReplicaSetup
{
    /// <summary>
    /// Twice the usual lease and deadline: for what a leader is to outlast, with room for a busy machine.
    /// </summary>
    public static FaultReplicaSetup Roomy { get; } = new()
    {
        Configure = options =>
        {
            options.LeaseDuration = FaultScene.Lease * 2;
            options.RenewDeadline = FaultScene.Deadline * 2;
        },
    };

    /// <summary>A term that is to last whatever the machine does, where nobody waits for its lease to run out.</summary>
    public static FaultReplicaSetup Lasting { get; } = new()
    {
        Configure = options =>
        {
            options.LeaseDuration = TimeSpan.FromSeconds(45);
            options.RenewDeadline = TimeSpan.FromSeconds(30);
        },
    };

    /// <summary>A user of its own, whose rights a test changes; otherwise one is made.</summary>
    public ApiServerUser? User { get; init; }

    /// <summary>Its clock and timers; otherwise the real ones.</summary>
    public TimeProvider? Time { get; init; }

    /// <summary>What is wrong from the start.</summary>
    public Action<FaultProxy>? Proxy { get; init; }

    public Action<LeaderElectionOptions>? Configure { get; init; }

    /// <summary>Runs after work was told to stop and before it has ended.</summary>
    public Func<Task>? Drain { get; init; }
}
