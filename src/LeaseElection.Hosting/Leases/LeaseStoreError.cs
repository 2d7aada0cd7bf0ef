namespace LeaseElection.Hosting.Leases;

/// <summary>Why a store could not do what it was asked, in words an operator can act on.</summary>
/// <param name="Kind">Groups errors: a changed kind is news, the same kind again is not.</param>
/// <param name="Message">
/// One sentence with the cause and the way out: verb, resource, namespace and name for a missing right, the file for a damaged one.
/// Never contains a token.
/// </param>
internal sealed record LeaseStoreError(LeaseStoreErrorKind Kind, string Message)
{
    /// <summary>How long the server asked us to stay away (Retry-After).</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>
    /// Whether somebody has to do something before the same request can succeed: grant a right, make a namespace, write a name as the API
    /// server wants it. Unless the API server has only just started: it refuses everybody until it has read what it granted.
    /// </summary>
    public bool IsLasting => Kind is LeaseStoreErrorKind.Forbidden or LeaseStoreErrorKind.NotFound or LeaseStoreErrorKind.Rejected;

    /// <summary>The exception behind it, for the debug log.</summary>
    public Exception? Exception { get; init; }

    /// <summary>Whether it is likely to pass by itself; otherwise somebody has to change something.</summary>
    public bool Passes => Kind is LeaseStoreErrorKind.Timeout or LeaseStoreErrorKind.Network or LeaseStoreErrorKind.Dns
        or LeaseStoreErrorKind.ServerError or LeaseStoreErrorKind.Throttled;
}
