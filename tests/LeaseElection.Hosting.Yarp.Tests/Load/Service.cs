using System.Collections.Immutable;

namespace LeaseElection.Hosting.Yarp.Tests.Load;

/// <summary>
/// What a Service of Kubernetes is to clients: each request goes to one of the replicas that are ready, in turn, whoever leads.
/// </summary>
internal sealed class Service
{
    private ImmutableArray<ServedReplica> _ready = [];
    private uint _turn;

    public void Add(ReplicaProcess replica) => ImmutableInterlocked.Update(ref _ready, ready => ready.Add(new ServedReplica(replica)));

    /// <summary>
    /// Sends a replica nothing more, and waits until it has answered what was sent: what the kubelet's preStop is for. A client that is
    /// connected to a process that is killed loses its answer, and no library can change that.
    /// </summary>
    public async Task RemoveAsync(ReplicaProcess replica)
    {
        ServedReplica served = _ready.Single(one => one.Replica == replica);
        ImmutableInterlocked.Update(ref _ready, ready => ready.Remove(served));
        await served.EmptyAsync();
    }

    public ServedReplica Enter()
    {
        while (true)
        {
            ImmutableArray<ServedReplica> ready = _ready;
            ServedReplica next = ready[(int)(Interlocked.Increment(ref _turn) % (uint)ready.Length)];
            if (next.TryEnter())
                return next;
        }
    }
}
