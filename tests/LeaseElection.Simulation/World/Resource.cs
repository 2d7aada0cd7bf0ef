using LeaseElection.Hosting;

namespace LeaseElection.Simulation;

/// <summary>What leader work writes to: it remembers the greatest fencing token it has seen and refuses every smaller one.</summary>
internal sealed class Resource
{
    private FencingToken _greatest;

    /// <summary>How many writes of earlier terms were refused.</summary>
    public int Refused { get; private set; }

    public void Write(FencingToken? token)
    {
        if (token < _greatest)
        {
            Refused++;
            return;
        }

        _greatest = token ?? _greatest;
    }
}
