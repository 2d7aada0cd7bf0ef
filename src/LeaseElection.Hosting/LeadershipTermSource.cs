using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Election.Notes;
using LeaseElection.Hosting.Time;

namespace LeaseElection.Hosting;

/// <summary>
/// For tests: makes a <see cref="LeadershipTerm"/> by hand and ends it, as a <see cref="CancellationTokenSource"/> does with a token. No
/// lease is behind it, so it proves nothing to anybody: never make one outside of a test.
/// </summary>
public sealed class LeadershipTermSource
{
    private readonly ElectionClock _clock;
    private readonly Lock _noting = new();

    /// <summary>Makes a term that is held from now on.</summary>
    /// <param name="fencingToken">The token; <see langword="null"/> for a term that has none and throws when asked.</param>
    /// <param name="leaseName">The name of the lease.</param>
    /// <param name="leaseNamespace">The namespace of the lease.</param>
    /// <param name="identity">What this process is called as its holder.</param>
    /// <param name="transitions">How often the holder of the lease had changed before.</param>
    /// <param name="validFor">How long it is held; <see langword="null"/> for until <see cref="Lose"/>.</param>
    /// <param name="timeProvider">Says when that is over; <see langword="null"/> for <see cref="TimeProvider.System"/>.</param>
    public LeadershipTermSource(
        FencingToken? fencingToken, string leaseName, string leaseNamespace, string identity, int transitions = 0,
        TimeSpan? validFor = null, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(leaseName);
        ArgumentNullException.ThrowIfNull(leaseNamespace);
        ArgumentNullException.ThrowIfNull(identity);
        _clock = new ElectionClock(timeProvider ?? TimeProvider.System);
        ElectionTime now = _clock.Now;
        Term = new LeadershipTerm(
            new ElectionIdentityCard(leaseNamespace, leaseName, identity),
            new TermFacts(transitions, now.Wall, fencingToken?.ToString() ?? "", fencingToken),
            validFor is { } time ? TermValidity.From(now, time) : new TermValidity(TimeSpan.MaxValue, now.WallLead),
            _clock,
            WriteNoteAsync);
    }

    /// <summary>The term.</summary>
    public LeadershipTerm Term { get; }

    /// <summary>The token that work gets: <see cref="LeadershipTerm.Lost"/>.</summary>
    public CancellationToken Token => Term.Lost;

    /// <summary>
    /// The notes that work has written, and those that <see cref="SetNote"/> has left for it: <see cref="LeadershipTerm.Notes"/>.
    /// </summary>
    public IReadOnlyDictionary<string, string> Notes => Term.Notes;

    /// <summary>Leaves a note for work to find, as an earlier leader would, or takes one away.</summary>
    /// <param name="key">Its name.</param>
    /// <param name="value">Its text; <see langword="null"/> removes it.</param>
    /// <exception cref="ArgumentException">It is none that a leader could have written.</exception>
    public void SetNote(string key, string? value)
    {
        NoteRules.Check(key, value, NoteLife.Lease);
        lock (_noting)
        {
            IEnumerable<KeyValuePair<string, string>> others = Notes.Where(note => note.Key != key);
            Term.Show(NoteTexts.Of(value is null ? others : others.Append(new(key, value))));
        }
    }

    /// <summary>
    /// Renewals fail, and half of the term's time is gone: <see cref="LeadershipTerm.InDanger"/> fires, until <see cref="Renew"/>. What is
    /// registered with it has run when this returns.
    /// </summary>
    /// <exception cref="AggregateException">What is registered with the token threw.</exception>
    public void Endanger() => Term.Endanger();

    /// <summary>
    /// The term is held for so long from now on, and in no danger. By the time alone it only ceases to be held;
    /// <see cref="Token"/> fires with
    /// <see cref="Lose"/> and <see cref="Stop"/>.
    /// </summary>
    /// <param name="validFor">Not negative.</param>
    public void Renew(TimeSpan validFor)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(validFor, TimeSpan.Zero);
        Term.Extend(TermValidity.From(_clock.Now, validFor));
    }

    /// <summary>
    /// Leadership is lost: the term is not held any more, and <see cref="Token"/> fires. What is registered with the token has run when
    /// this returns.
    /// </summary>
    /// <exception cref="AggregateException">What is registered with the token threw.</exception>
    public void Lose()
    {
        Term.End();
        Term.Cancel();
    }

    /// <summary>
    /// Work is to stop while the term is still held, as when the host stops or the app steps down: <see cref="Token"/> fires.
    /// </summary>
    /// <exception cref="AggregateException">What is registered with the token threw.</exception>
    public void Stop() => Term.Cancel();

    private Task WriteNoteAsync(string key, string? value, NoteLife life)
    {
        if (!Term.IsHeld)
        {
            return Task.FromException(new LeadershipLostException(
                $"{Term.Identity} does not hold lease {Term.LeaseNamespace}/{Term.LeaseName} any more."));
        }

        SetNote(key, value);
        return Task.CompletedTask;
    }
}
