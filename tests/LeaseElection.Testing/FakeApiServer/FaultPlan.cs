namespace LeaseElection.Testing.FakeApiServer;

/// <summary>The faults still to come. The first that matches a request is the one it meets.</summary>
internal sealed class FaultPlan
{
    private readonly Lock _lock = new();
    private readonly List<Fault> _faults = [];

    public void Add(Fault fault)
    {
        lock (_lock)
            _faults.Add(fault);
    }

    public void Clear()
    {
        lock (_lock)
            _faults.Clear();
    }

    public Fault? Take(string verb)
    {
        lock (_lock)
        {
            int index = _faults.FindIndex(fault => fault.Verb is null || fault.Verb == verb);
            if (index < 0)
                return null;
            Fault fault = _faults[index];
            if (fault.Times > 1)
                _faults[index] = fault with { Times = fault.Times - 1 };
            else
                _faults.RemoveAt(index);
            return fault;
        }
    }
}
