using LeaseElection.Hosting.Election;

namespace LeaseElection.Hosting;

/// <summary>
/// The order in which a loop handles what has happened: as it came, but nothing before the word that all work has ended, where it has. At
/// any other input the core may find that work has overrun, and the host would be stopped for work that is no more. Used by one thread at a
/// time.
/// </summary>
/// <param name="work">The work of the election.</param>
/// <param name="handle">Handles one input.</param>
/// <param name="tell">Tells people.</param>
internal sealed class TurnOrder(WorkRunner work, Action<ElectionInput> handle, Action<ElectionEvent> tell)
{
    /// <summary>
    /// Kept here, and not posted again: behind what has come meanwhile, news of the lease would be handled in a wrong order.
    /// </summary>
    private readonly Queue<ElectionInput> _waiting = new();

    public void Take(ElectionInput input)
    {
        if (input is ElectionInput.WorkStopped)
        {
            work.Stopped();
            handle(input);
            for (int left = _waiting.Count; left > 0; left--)
                Take(_waiting.Dequeue()); // One may end another term, whose work has ended too: the rest then waits again.
        }
        else if (!work.HasStoppedUnheard)
        {
            handle(input);
        }
        else if (TellOf(input) is { } told)
        {
            tell(told);
        }
        else
        {
            _waiting.Enqueue(input);
        }
    }

    /// <summary>
    /// How a piece of work has ended, which comes before that word, would mean nothing to the core after it, and be told to nobody. Of work
    /// that was told to stop the core only tells it, in these words.
    /// </summary>
    private static ElectionEvent? TellOf(ElectionInput input) => input switch
    {
        ElectionInput.WorkFaulted { SaysTermIsOver: false } faulted => new ElectionEvent.WorkFaulted(faulted.Work, faulted.Exception, null),
        ElectionInput.WorkFaulted faulted => new ElectionEvent.WorkEnded(faulted.Work),
        ElectionInput.WorkReturned returned => new ElectionEvent.WorkEnded(returned.Work),
        _ => null,
    };
}
