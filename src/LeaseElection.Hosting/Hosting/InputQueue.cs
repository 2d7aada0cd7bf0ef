using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using LeaseElection.Hosting.Election;

namespace LeaseElection.Hosting;

/// <summary>
/// What has happened to an election and is still to be handled, one after the other: by its loop on the thread pool, and where the pool
/// has no thread by whoever borrows the turns.
/// </summary>
internal sealed class InputQueue
{
    private readonly Lock _turns = new();
    private readonly Channel<ElectionInput> _inputs = Channel.CreateUnbounded<ElectionInput>();
    private volatile bool _closed;
    private volatile ExceptionDispatchInfo? _fault;

    /// <returns>Not once it is closed.</returns>
    public bool TryPost(ElectionInput input) => _inputs.Writer.TryWrite(input);

    /// <summary>Hands on all that comes, until it is closed or <paramref name="turn"/> returns <see langword="false"/>.</summary>
    public async Task HandOnAsync(Func<ElectionInput, bool> turn)
    {
        while (await _inputs.Reader.WaitToReadAsync().ConfigureAwait(false) && HandOn(turn))
        {
        }

        _fault?.Throw();
    }

    /// <summary>
    /// Lets the caller take turns, unless somebody else is just taking one. What <paramref name="takeTurns"/> throws is thrown to the loop.
    /// </summary>
    /// <returns>What it returns; <see langword="false"/> if it was not called, or threw.</returns>
    public bool TryBorrow(Func<bool> takeTurns)
    {
        if (!_turns.TryEnter())
            return false;
        try
        {
            return !_closed && takeTurns();
        }
#pragma warning disable CA1031 // A bug of ours, which ends the election: as if the loop had met it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _fault = ExceptionDispatchInfo.Capture(exception);
            Close();
            return false;
        }
        finally
        {
            _turns.Exit();
        }
    }

    /// <summary>For whoever has borrowed the turns.</summary>
    public bool TryTake([NotNullWhen(true)] out ElectionInput? input)
    {
        input = null;
        return !_closed && _inputs.Reader.TryRead(out input);
    }

    /// <summary>No turn begins any more. Returns at once.</summary>
    public void Close()
    {
        _closed = true;
        _inputs.Writer.TryComplete();
    }

    /// <summary>No turn begins any more, and none is under way.</summary>
    public void End()
    {
        Close();
        lock (_turns)
        {
            // Whoever had the last one has it no more.
        }
    }

    private bool HandOn(Func<ElectionInput, bool> turn)
    {
        lock (_turns)
        {
            while (TryTake(out ElectionInput? input))
            {
                if (!turn(input))
                    return false;
            }

            return !_closed;
        }
    }
}
