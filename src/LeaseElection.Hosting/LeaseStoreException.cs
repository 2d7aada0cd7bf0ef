namespace LeaseElection.Hosting;

/// <summary>
/// Nobody knows whose a lease is: where it is kept (the API server, a folder) did not answer, or refused. Or it was lost before
/// whoever asked for it had it. The message says what to do.
/// </summary>
public sealed class LeaseStoreException : Exception
{
    /// <summary>Says that the lease could not be read or written.</summary>
    public LeaseStoreException()
        : this("The lease could not be read or written.")
    {
    }

    /// <summary>Says what went wrong.</summary>
    /// <param name="message">The message.</param>
    public LeaseStoreException(string message)
        : base(message)
    {
    }

    /// <summary>Says what went wrong and why.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The cause.</param>
    public LeaseStoreException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
