namespace LeaseElection.Hosting;

/// <summary>Thrown by <see cref="LeadershipTerm.ThrowIfLost"/>: this process does not lead any more.</summary>
public sealed class LeadershipLostException : OperationCanceledException
{
    /// <summary>Says that leadership was lost.</summary>
    public LeadershipLostException()
        : this("Leadership has been lost.")
    {
    }

    /// <summary>Says what was lost.</summary>
    /// <param name="message">The message.</param>
    public LeadershipLostException(string message)
        : base(message)
    {
    }

    /// <summary>Says what was lost and why.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The cause.</param>
    public LeadershipLostException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal LeadershipLostException(string message, CancellationToken token)
        : base(message, token)
    {
    }
}
