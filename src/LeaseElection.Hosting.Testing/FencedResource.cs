using System.Diagnostics;

namespace LeaseElection.Hosting.Testing;

/// <summary>
/// Stands for the resource that leader work writes to, and sees what must never happen: two terms that use it at once, and a term that uses
/// it after a later one did, which is a write that a fencing token would have stopped. Call <see cref="Use"/> in the fake of your resource,
/// and <see cref="Verify"/> at the end of the test.
/// </summary>
/// <param name="name">What it is called in messages.</param>
public sealed class FencedResource(string name = "resource")
{
    private readonly Lock _lock = new();
    private readonly List<FencingToken> _tokens = [];
    private readonly List<string> _violations = [];
    private readonly List<LeadershipTerm> _users = [];
    private readonly List<(int Uses, TaskCompletionSource Reached)> _waiters = [];
    private int _uses;

    /// <summary>The tokens of the terms that have used it, in the order in which they began to.</summary>
    public IReadOnlyList<FencingToken> Tokens
    {
        get
        {
            lock (_lock)
                return [.. _tokens];
        }
    }

    /// <summary>How often it was used.</summary>
    public int Uses
    {
        get
        {
            lock (_lock)
                return _uses;
        }
    }

    /// <summary>How long <see cref="UsedAsync"/> waits, in real time. With a debugger attached there is no limit.</summary>
    /// <value>Default 5 seconds.</value>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Begins a use, which ends when what is returned is disposed of.</summary>
    /// <param name="term">The term that work got.</param>
    /// <returns>Ends the use.</returns>
    /// <exception cref="InvalidOperationException">
    /// Another term uses it at this moment, or a later one has. Work may swallow that, so <see cref="Verify"/> throws it again.
    /// </exception>
    public IDisposable Use(LeadershipTerm term)
    {
        ArgumentNullException.ThrowIfNull(term);
        string? violation;
        TaskCompletionSource[] reached;
        lock (_lock)
        {
            _uses++;
            violation = ViolationOf(term);
            if (violation is null)
                Note(term);
            else
                _violations.Add(violation);
            reached = [.. _waiters.Where(waiter => waiter.Uses <= _uses).Select(waiter => waiter.Reached)];
            _waiters.RemoveAll(waiter => waiter.Uses <= _uses);
        }

        foreach (TaskCompletionSource waiter in reached)
            waiter.SetResult();
        return violation is null ? new EndOfUse(this, term) : throw new InvalidOperationException(violation);
    }

    /// <summary>Waits until it was used so often, by whatever term.</summary>
    /// <param name="uses">How often, since the beginning.</param>
    /// <returns>A task that ends then.</returns>
    /// <exception cref="TimeoutException">It was not, within <see cref="Patience"/>.</exception>
    public async Task UsedAsync(int uses = 1)
    {
        TimeSpan patience = Debugger.IsAttached ? Timeout.InfiniteTimeSpan : Patience;
        try
        {
            await Reached(uses).WaitAsync(patience, TimeProvider.System).ConfigureAwait(false);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException(
                $"The {name} was used {Uses} times within {patience.TotalSeconds:0.#} s, and not {uses}: the work was not begun, has "
                + "ended, or waits for something else first. If it honestly needs longer, "
                + $"raise {nameof(FencedResource)}.{nameof(Patience)}.",
                exception);
        }
    }

    /// <summary>Call it at the end of the test.</summary>
    /// <exception cref="InvalidOperationException">It was used by two terms at once, or by an earlier one after a later one.</exception>
    public void Verify()
    {
        lock (_lock)
        {
            if (_violations.Count > 0)
                throw new InvalidOperationException(string.Join(Environment.NewLine, _violations));
        }
    }

    private Task Reached(int uses)
    {
        lock (_lock)
        {
            if (_uses >= uses)
                return Task.CompletedTask;
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((uses, reached));
            return reached.Task;
        }
    }

    private void Note(LeadershipTerm term)
    {
        _users.Add(term);
        if (_tokens.Count == 0 || _tokens[^1] != term.FencingToken)
            _tokens.Add(term.FencingToken);
    }

    private string? ViolationOf(LeadershipTerm term)
    {
        if (_users.Find(user => user.FencingToken != term.FencingToken) is { } other)
        {
            return $"Two terms use the {name} at once: {Describe(other)} has not ended its use, and {Describe(term)} begins one. "
                + "Work must stop when its token fires.";
        }

        return _tokens.Count > 0 && term.FencingToken < _tokens[^1]
            ? $"{Describe(term)} uses the {name} although token {_tokens[^1]} has: a resource that checks fencing tokens refuses that."
            : null;
    }

    private static string Describe(LeadershipTerm term) =>
        $"the term of {term.Identity} with token {term.FencingToken} ({(term.IsHeld ? "held" : "lost")})";

    private void End(LeadershipTerm term)
    {
        lock (_lock)
            _users.Remove(term);
    }

    private sealed class EndOfUse(FencedResource resource, LeadershipTerm term) : IDisposable
    {
        private int _ended;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0)
                resource.End(term);
        }
    }
}
