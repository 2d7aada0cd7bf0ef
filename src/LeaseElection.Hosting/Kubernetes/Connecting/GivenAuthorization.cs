using System.Net.Http.Headers;
using LeaseElection.Hosting.Kubernetes.Credentials;

namespace LeaseElection.Hosting.Kubernetes.Connecting;

/// <summary>
/// The header <c>Authorization</c> as one description of the app gives it, asked for anew for each request. A call belongs to this object
/// and not to the request that caused it: it may take longer than a request has, and the next request shall find its answer.
/// </summary>
internal sealed class GivenAuthorization(
    string origin, Func<CancellationToken, ValueTask<AuthenticationHeaderValue?>>? authorize, TimeProvider timeProvider,
    CancellationToken disposed)
{
    // Nobody was there to take it when it came. An hour later it is probably no longer good.
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly AppCode _code = new($"Asking for credentials, as {origin} says,", timeProvider);
    private Task<AuthenticationHeaderValue?>? _call;
    private bool _claimed;
    private long _endedAt;

    /// <summary>Ends with the call that goes on, if one does.</summary>
    public Task Running
    {
        get
        {
            lock (_lock)
                return _call ?? Task.CompletedTask;
        }
    }

    /// <exception cref="ClusterCredentialException">The app threw, or gave no answer in time.</exception>
    /// <exception cref="OperationCanceledException">The request's time is over; the call goes on.</exception>
    public async Task<AuthenticationHeaderValue?> GetAsync(CancellationToken cancellationToken)
    {
        if (authorize is null)
            return null;
        Task<AuthenticationHeaderValue?> call;
        lock (_lock)
            call = CurrentCall();
        try
        {
            AuthenticationHeaderValue? header = await call.WaitAsync(cancellationToken).ConfigureAwait(false);
            Claim(call);
            return header;
        }
        catch (ClusterCredentialException)
        {
            Claim(call);
            throw;
        }
    }

    private Task<AuthenticationHeaderValue?> CurrentCall()
    {
        if (_call is { IsCompleted: false })
            return _call;
        if (_call is not null && !_claimed && timeProvider.GetElapsedTime(Volatile.Read(ref _endedAt)) < Kept)
        {
            _claimed = true; // Once: whether it is good, only the server knows.
            return _call;
        }
        _claimed = false;
        _call = RunAsync();
        // Every request may have given up waiting for it.
        AppCode.Forget(_call);
        return _call;
    }

    private async Task<AuthenticationHeaderValue?> RunAsync()
    {
        try
        {
            return await _code.RunAsync(authorize!, disposed).ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref _endedAt, timeProvider.GetTimestamp());
        }
    }

    private void Claim(Task call)
    {
        lock (_lock)
            _claimed |= ReferenceEquals(call, _call);
    }
}
