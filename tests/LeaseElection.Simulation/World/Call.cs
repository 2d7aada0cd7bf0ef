using LeaseElection.Hosting.Election;

namespace LeaseElection.Simulation;

/// <summary>One request under way. The client hears of it exactly once: its reply, an error, or that its time is up.</summary>
internal sealed class Call(SimProcess process, ElectionOutput request, TimeSpan timeout)
{
    private bool _isAnswered;

    public SimProcess Process => process;

    public ElectionOutput Request => request;

    /// <summary>
    /// How long the client waits, by its own clock. The server here is nastier than the real one: it carries out a write whose time is up.
    /// </summary>
    public TimeSpan Timeout => timeout;

    /// <summary>When it was sent, on the monotonic clock of the process.</summary>
    public TimeSpan SentAt { get; init; } = process.Monotonic;

    public TimeSpan SentInTruth { get; } = process.Now;

    /// <summary>The elector of the process that sent it: a process that stands for a while only has one after the other.</summary>
    public int Round { get; } = process.Round;

    /// <summary>What the wall clock of the process said then.</summary>
    public DateTimeOffset Wall { get; init; } = process.Node.Clock.GetUtcNow();

    /// <summary>From when on it proves a term, once the server has carried it out, on the monotonic clock of the process.</summary>
    public TimeSpan ProvesFrom { get; set; }

    /// <summary>Whether the server had refused the last write of the process, and not for its version.</summary>
    public bool WasRefused { get; init; } = process.Truth.WasRefused;

    /// <summary>Whether the server carried it out.</summary>
    public bool IsCommitted { get; set; }

    public bool IsWrite => request is not ElectionOutput.Read;

    /// <summary>The same once more, as a network delivers it twice.</summary>
    public Call Again() => new(process, request, timeout) { SentAt = SentAt, Wall = Wall, WasRefused = WasRefused };

    public void Answer(ElectionInput reply)
    {
        if (_isAnswered)
            return;
        _isAnswered = true;
        process.Receive(this, reply);
    }
}
