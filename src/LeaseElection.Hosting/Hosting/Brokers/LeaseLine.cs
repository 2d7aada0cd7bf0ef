using LeaseElection.Hosting.Election;

namespace LeaseElection.Hosting.Brokers;

/// <summary>Those in this process who want one lease, in the order in which they came, and what the process has seen of it.</summary>
internal sealed class LeaseLine(string leaseName)
{
    public string LeaseName => leaseName;

    /// <summary>Used by whoever's turn it is.</summary>
    public LeaseMemory Memory { get; } = new();

    /// <summary>Whether it is somebody's turn.</summary>
    public bool IsTaken { get; set; }

    public LinkedList<TaskCompletionSource> Waiting { get; } = [];

    /// <summary>Its place among those that nobody wants; <see langword="null"/> while somebody does.</summary>
    public LinkedListNode<LeaseLine>? Unwanted { get; set; }
}
