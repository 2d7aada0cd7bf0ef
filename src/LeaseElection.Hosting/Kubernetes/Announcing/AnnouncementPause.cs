namespace LeaseElection.Hosting.Kubernetes.Announcing;

/// <summary>
/// How long to wait before something is announced again: 1 s, doubling up to 10 s, or what the server asks for up to a minute.
/// </summary>
internal static class AnnouncementPause
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestAskedFor = TimeSpan.FromMinutes(1);

    /// <param name="failures">How often it has failed in a row: 1 for the first time.</param>
    /// <param name="retryAfter">What the server asked for.</param>
    public static TimeSpan After(int failures, TimeSpan? retryAfter)
    {
        TimeSpan pause = First * Math.Pow(2, Math.Min(failures - 1, 10));
        pause = pause < Longest ? pause : Longest;
        if (retryAfter > pause)
            pause = retryAfter < LongestAskedFor ? retryAfter.Value : LongestAskedFor;
        return pause;
    }
}
