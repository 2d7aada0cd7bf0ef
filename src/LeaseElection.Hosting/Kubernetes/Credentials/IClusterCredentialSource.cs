namespace LeaseElection.Hosting.Kubernetes.Credentials;

/// <summary>Hands out the credentials of the moment. Safe for several callers at once.</summary>
internal interface IClusterCredentialSource : IAsyncDisposable
{
    /// <exception cref="ClusterCredentialException">There are none.</exception>
    ValueTask<ClusterCredential> GetAsync(CancellationToken cancellationToken);

    /// <summary>
    /// After a 401: fetches them anew, whatever their age. What comes back may be the same as before; then there is nothing to retry with.
    /// </summary>
    /// <exception cref="ClusterCredentialException">There are none.</exception>
    ValueTask<ClusterCredential> RenewAsync(ClusterCredential rejected, CancellationToken cancellationToken);

    /// <summary>For an operator: who has given none to a request before its time was over, and what to do.</summary>
    /// <param name="time">How long the request had.</param>
    string DescribeWait(TimeSpan time);
}
