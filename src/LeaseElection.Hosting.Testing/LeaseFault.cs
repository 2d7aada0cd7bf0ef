using System.Net;

namespace LeaseElection.Hosting.Testing;

/// <summary>
/// What goes wrong with a request to the API server. Nothing of it takes real time: who waits, waits by the clock of the test.
/// </summary>
public sealed class LeaseFault
{
    private LeaseFault(string name) => Name = name;

    /// <summary>
    /// No connection can be made: the request fails at once, and has no effect. Lasting, for <see cref="LeaseVerbs.Watch"/> too, it also
    /// cuts the watches that are open: that is a host without a network.
    /// </summary>
    public static LeaseFault NoConnection { get; } = new(nameof(NoConnection)) { FailsUnsent = true };

    /// <summary>
    /// The request is swallowed: no effect, and no answer until its time is up by the clock of the test. Lasting, for
    /// <see cref="LeaseVerbs.Watch"/> too, it also cuts the watches that are open.
    /// </summary>
    public static LeaseFault NoAnswer { get; } = new(nameof(NoAnswer)) { Hangs = true };

    /// <summary>The request takes effect, and the connection breaks before the reply: nobody at this end knows what became of it.</summary>
    public static LeaseFault LostReply { get; } = new(nameof(LostReply)) { BreaksAfter = true };

    /// <summary>Somebody edits an annotation of the lease right before a write, which is refused for it (409).</summary>
    public static LeaseFault Conflict { get; } = new(nameof(Conflict)) { EditsBefore = true };

    internal string Name { get; }

    internal bool FailsUnsent { get; private init; }

    internal bool Hangs { get; private init; }

    internal bool BreaksAfter { get; private init; }

    internal bool EditsBefore { get; private init; }

    internal HttpStatusCode? Code { get; private init; }

    internal TimeSpan? RetryAfter { get; private init; }

    internal TimeSpan Delay { get; private init; }

    /// <summary>
    /// The request is refused, and has no effect: 403 for a missing right, 429 or 503 for a server that has too much to do.
    /// </summary>
    /// <param name="code">400 or above.</param>
    /// <param name="retryAfter">What the answer asks for; <see langword="null"/> for nothing.</param>
    /// <returns>The fault.</returns>
    public static LeaseFault Refusal(HttpStatusCode code, TimeSpan? retryAfter = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan((int)code, 400, nameof(code));
        return new LeaseFault($"{nameof(Refusal)} {(int)code}") { Code = code, RetryAfter = retryAfter };
    }

    /// <summary>
    /// The request takes effect at once, and its reply arrives so much later, by the clock of the test. Longer than the request has, it is
    /// a reply that comes too late.
    /// </summary>
    /// <param name="delay">Not negative.</param>
    /// <returns>The fault.</returns>
    public static LeaseFault Latency(TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        return new LeaseFault($"{nameof(Latency)} {delay}") { Delay = delay };
    }

    /// <summary>A read meets no conflict, and must not use one up.</summary>
    internal bool CanBefall(LeaseVerbs verb) => !EditsBefore || verb == LeaseVerbs.Update;

    /// <summary>What it is called in messages.</summary>
    public override string ToString() => Name;
}
