namespace LeaseElection.Hosting.Kubernetes.Connecting;

/// <summary>
/// How often the app is asked to describe its connection anew: at once when all was well before, since a rotated token shall cost no
/// term, and then ever less often while the server goes on refusing. It begins with a second, so that an app that fails for a moment is
/// asked again within the 10 s that a leader has; and does not stay there, because whom the app asks may lock out who asks too often.
/// </summary>
internal sealed class RenewalPace(TimeProvider timeProvider)
{
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Most = TimeSpan.FromMinutes(1);

    private TimeSpan _gap = Least;
    private bool _refused;
    private long? _askedAt;

    public bool TryBegin()
    {
        if (_askedAt is { } at && timeProvider.GetElapsedTime(at) < _gap)
            return false;
        if (_refused)
            _gap = _gap * 2 < Most ? _gap * 2 : Most;
        _refused = true;
        _askedAt = timeProvider.GetTimestamp();
        return true;
    }

    /// <summary>It has answered or failed: what took long must not be begun again at once.</summary>
    public void Ended() => _askedAt = timeProvider.GetTimestamp();

    /// <summary>The server has accepted a request.</summary>
    public void Accepted() => (_gap, _refused) = (Least, false);
}
