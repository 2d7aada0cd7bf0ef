namespace LeaseElection.Soak.Nemesis;

/// <summary>All faults in a random order, and again in another: every one comes as often as any other.</summary>
internal sealed class Deck(int seed)
{
#pragma warning disable CA5394 // No secret is made of this, and the same seed must deal the same faults.
    private readonly Random _random = new(seed);
#pragma warning restore CA5394

    private readonly Queue<Fault> _cards = [];

    /// <summary>The next fault, and with it a second one now and then.</summary>
    public IReadOnlyList<Fault> Deal()
    {
        Fault first = Draw();
        return first.IsAlone || _random.Next(5) > 0 || Draw(fault => !fault.IsAlone) is not { } second ? [first] : [first, second];
    }

    private Fault Draw()
    {
        if (_cards.Count == 0)
        {
            Fault[] all = [.. ProcessFaults.All, .. NetworkFaults.All, .. ServerFaults.All, .. LeaseFaults.All];
            _random.Shuffle(all);
            foreach (Fault fault in all)
                _cards.Enqueue(fault);
        }

        return _cards.Dequeue();
    }

    private Fault? Draw(Predicate<Fault> fits) => _cards.TryPeek(out Fault? next) && fits(next) ? _cards.Dequeue() : null;
}
