namespace LeaseElection.Hosting.Leases;

/// <summary>What went wrong in a store; also the closed set of values of an <c>error.type</c> tag.</summary>
internal enum LeaseStoreErrorKind
{
    /// <summary>No answer within the time the request had.</summary>
    Timeout,

    /// <summary>The connection failed or was cut: refused, reset, unreachable, closed before TLS was agreed on.</summary>
    Network,

    /// <summary>The server's name does not resolve.</summary>
    Dns,

    /// <summary>The server's certificate is not one of the configured authority, or the two sides do not agree on TLS.</summary>
    Tls,

    /// <summary>401: the credentials are not accepted.</summary>
    Unauthorized,

    /// <summary>403: the credentials lack a right.</summary>
    Forbidden,

    /// <summary>404 of the namespace or of the lease API itself.</summary>
    NotFound,

    /// <summary>429, or 503 with Retry-After: the server asks for patience.</summary>
    Throttled,

    /// <summary>Any other 5xx.</summary>
    ServerError,

    /// <summary>Any other 4xx: the server refuses what we sent.</summary>
    Rejected,

    /// <summary>The answer is no Lease: truncated JSON, wrong types, a body beyond all measure.</summary>
    InvalidResponse,

    /// <summary>410: the version to watch from is no longer known.</summary>
    Gone,

    /// <summary>A file of the file store is damaged.</summary>
    Damaged,

    /// <summary>The file system refuses: no permission, no space, no such folder.</summary>
    Storage,

    /// <summary>Credentials could not be obtained: an exec plugin failed, a token file is missing.</summary>
    Credentials,
}
