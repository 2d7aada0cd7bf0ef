namespace LeaseElection.Simulation;

/// <summary>One situation: timings, what goes wrong, and what became of unmodified client-go in it.</summary>
/// <param name="Name">Timings and fault in words.</param>
/// <param name="Config">How client-go is configured.</param>
/// <param name="Fault">What goes wrong.</param>
internal sealed record LeaseCase(string Name, ClientGoConfig Config, LeaseFault Fault)
{
    /// <summary>What messages usually take at most, one way: as in the worlds of the campaign.</summary>
    public TimeSpan Latency { get; init; } = TimeSpan.FromMilliseconds(3);

    /// <summary>How late the reply to the last renewal before the hang comes.</summary>
    public TimeSpan LateReply { get; init; }

    /// <summary>In how many runs of a hundred there were two leaders.</summary>
    public required double PublishedPercent { get; init; }

    /// <summary>For how many seconds at most.</summary>
    public required double PublishedOverlap { get; init; }

    /// <summary>The most that the algorithm allows with no latency, in seconds, and what it is made of.</summary>
    public required double Most { get; init; }

    public required string Formula { get; init; }

    /// <summary>What a user of ours would write who wants the same.</summary>
    public ClientGoConfig Ours => ConfigOfOurs ?? Config;

    public ClientGoConfig? ConfigOfOurs { get; init; }
}
