namespace LeaseElection.Hosting.Testing.Api;

/// <summary>The faults still to come. The first that matches a request is the one it meets.</summary>
internal sealed class FaultScript
{
    private readonly Lock _lock = new();
    private readonly List<(LeaseFault Fault, LeaseVerbs Verbs, int Left)> _faults = [];

    public void Add(LeaseFault fault, LeaseVerbs verbs, int times)
    {
        ArgumentNullException.ThrowIfNull(fault);
        ArgumentOutOfRangeException.ThrowIfLessThan(times, 1);
        if (verbs == LeaseVerbs.None)
            throw new ArgumentException("A fault must befall some requests.", nameof(verbs));
        lock (_lock)
            _faults.Add((fault, verbs, times));
    }

    public void Clear()
    {
        lock (_lock)
            _faults.Clear();
    }

    public LeaseFault? Take(LeaseVerbs verb)
    {
        lock (_lock)
        {
            int index = _faults.FindIndex(entry => entry.Verbs.HasFlag(verb) && entry.Fault.CanBefall(verb));
            if (index < 0)
                return null;
            (LeaseFault fault, LeaseVerbs verbs, int left) = _faults[index];
            if (left == int.MaxValue)
                return fault;
            if (left > 1)
                _faults[index] = (fault, verbs, left - 1);
            else
                _faults.RemoveAt(index);
            return fault;
        }
    }
}
